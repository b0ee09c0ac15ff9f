#include "sparkplug/signed_file.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "sparkplug/said.hpp"

namespace xalink {
namespace {

constexpr char kVersion = 1;
constexpr char kSignatureFrame = 'S';
constexpr std::size_t kFrameHead = 5;
constexpr std::size_t kBeginning = kSignedFileMagic.size() + 2;
// What a lying length can make us hold before the file ends.
constexpr std::size_t kPiece = std::size_t{64} * 1024;
// A signature for this must not be one for anything else the key signs.
constexpr std::string_view kContext = "xalink signed file 1\n";

/// SHA-256 that tells where it stands and goes on.
class RunningHash {
 public:
  RunningHash() : context_(EVP_MD_CTX_new()), copy_(EVP_MD_CTX_new()) {
    EVP_DigestInit_ex(context_, EVP_sha256(), nullptr);
  }
  ~RunningHash() {
    EVP_MD_CTX_free(context_);
    EVP_MD_CTX_free(copy_);
  }
  RunningHash(const RunningHash&) = delete;
  RunningHash& operator=(const RunningHash&) = delete;

  void add(std::string_view bytes) { EVP_DigestUpdate(context_, bytes.data(), bytes.size()); }
  [[nodiscard]] std::string now() const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    unsigned int size = 0;
    EVP_MD_CTX_copy_ex(copy_, context_);
    EVP_DigestFinal_ex(copy_, hash.data(), &size);
    return {reinterpret_cast<const char*>(hash.data()), size};
  }
  [[nodiscard]] FrameCheck check() const {
    FrameCheck check{};
    const auto hash = now();
    std::copy_n(hash.begin(), check.size(), check.begin());
    return check;
  }

 private:
  EVP_MD_CTX* context_;
  EVP_MD_CTX* copy_;
};

std::string frame_head(char type, std::size_t size) {
  std::string head(1, type);
  for (unsigned shift = 0; shift < 32; shift += 8) head.push_back(static_cast<char>((size >> shift) & 0xFFU));
  return head;
}

std::size_t length_in(std::string_view head) {
  std::size_t length = 0;
  for (std::size_t i = 4; i > 0; --i) length = length << 8U | static_cast<unsigned char>(head[i]);
  return length;
}

Said name_of(char kind) {
  return kind == 'E' ? Said("an export of a board", "tệp xuất của một máy")
                     : Said("an acknowledgement of a gateway", "tệp xác nhận của một gateway");
}

}  // namespace

Result<std::size_t> MemorySource::read(char* to, std::size_t most) {
  const auto size = std::min(most, left_.size());
  std::memcpy(to, left_.data(), size);
  left_.remove_prefix(size);
  return size;
}

// --- writing ----------------------------------------------------------------------------------------

class SignedFileWriter::Hash : public RunningHash {};
class SignedFileReader::Hash : public RunningHash {};

SignedFileWriter::SignedFileWriter(ByteSink& sink, SignedFileKind kind)
    : sink_(sink), hash_(std::make_unique<Hash>()), begin_(kSignedFileMagic) {
  begin_ += static_cast<char>(kind);
  begin_ += kVersion;
}

SignedFileWriter::~SignedFileWriter() = default;

Result<void> SignedFileWriter::put(std::string_view bytes) {
  auto written = sink_.write(bytes);
  if (!written) return written;
  hash_->add(bytes);
  bytes_ += bytes.size();
  return {};
}

Result<void> SignedFileWriter::put_frame(char type, std::string_view payload) {
  if (payload.size() > kLargestFrame) {
    const auto size = std::to_string(payload.size());
    return Unexpected(refusal("",
                              {"a part of " + size + " bytes does not fit into a file",
                               "một phần " + size + " byte không vừa vào tệp"},
                              {}));
  }
  std::string frame = std::exchange(begin_, {});
  frame += frame_head(type, payload.size());
  frame += payload;
  if (auto written = put(frame); !written) return written;
  const auto check = hash_->check();
  return put(std::string_view(check.data(), check.size()));
}

Result<void> SignedFileWriter::add(char type, std::string_view payload) {
  return put_frame(type, payload);
}

Result<void> SignedFileWriter::finish(const SigningKey& key) {
  auto signature = key.sign(std::string(kContext) + hash_->now());
  if (!signature) return Unexpected(signature.error());
  return put_frame(kSignatureFrame, *signature);
}

// --- reading ----------------------------------------------------------------------------------------

SignedFileReader::SignedFileReader(ByteSource& source, SignedFileKind kind, std::string where)
    : source_(source), kind_(kind), where_(std::move(where)), hash_(std::make_unique<Hash>()) {}

SignedFileReader::~SignedFileReader() = default;

Unexpected SignedFileReader::truncated() const {
  const auto bytes = std::to_string(bytes_);
  return Unexpected(refusal(
      where_,
      {"is truncated: it ends after " + bytes + " bytes, without a signature",
       "bị cắt cụt: hết sau " + bytes + " byte, không có chữ ký"},
      {"The stick was pulled out too early, or is full: write the file again. Nothing was taken from it",
       "USB bị rút ra quá sớm hoặc đã đầy: ghi lại tệp. Chưa nhận gì từ tệp"}));
}

Unexpected SignedFileReader::altered(const std::string& how) const {
  return Unexpected(refusal(where_, Said("is damaged or was altered: ", "bị hỏng hoặc bị sửa: ") + how,
                            {"Copy it from the stick again, or write it again. Nothing was taken from it",
                             "Chép lại từ USB, hoặc ghi lại tệp. Chưa nhận gì từ tệp"}));
}

Result<void> SignedFileReader::take(std::string& to, std::size_t size) {
  while (size > 0) {
    const std::size_t piece = std::min(size, kPiece);
    const std::size_t had = to.size();
    to.resize(had + piece);
    auto got = source_.read(to.data() + had, piece);
    if (!got) return Unexpected(got.error());
    to.resize(had + *got);
    if (*got == 0) {
      ended_early_ = true;
      return truncated();
    }
    hash_->add(std::string_view(to).substr(had));
    bytes_ += *got;
    size -= *got;
  }
  return {};
}

Result<void> SignedFileReader::take_beginning() {
  std::string beginning;
  auto taken = take(beginning, kBeginning);
  if (!taken && !ended_early_) return taken;
  if (beginning.empty()) {
    return Unexpected(refusal(where_, {"is empty", "trống"},
                              {"Write it again, and wait for the command's last sentence",
                               "Ghi lại tệp, và chờ câu cuối cùng của lệnh"}));
  }
  const auto known = std::min(beginning.size(), kSignedFileMagic.size());
  if (beginning.compare(0, known, kSignedFileMagic.substr(0, known)) != 0) {
    return Unexpected(
        refusal(where_, {"is not a file of xalink", "không phải tệp của xalink"},
                kind_ == SignedFileKind::export_file
                    ? Said{"Give a file that `xalink-agent export` wrote (its name ends with .xalink)",
                           "Dùng tệp do `xalink-agent export` ghi (tên kết thúc bằng .xalink)"}
                    : Said{"Give a file that `xalink-gateway import` wrote (its name ends with .ack)",
                           "Dùng tệp do `xalink-gateway import` ghi (tên kết thúc bằng .ack)"}));
  }
  if (!taken) return taken;
  const char kind = beginning[kSignedFileMagic.size()];
  if (kind != 'E' && kind != 'A') return altered("it says to be of no known kind");
  if (kind != static_cast<char>(kind_)) {
    return Unexpected(refusal(where_,
                              Said("is ", "là ") + name_of(kind) + Said(", not ", ", không phải ") +
                                  name_of(static_cast<char>(kind_)),
                              kind == 'E' ? Said("Exports go to `xalink-gateway import`",
                                                 "Tệp xuất dùng với `xalink-gateway import`")
                                          : Said("Acknowledgements go to `xalink-agent acknowledge`",
                                                 "Tệp xác nhận dùng với `xalink-agent acknowledge`")));
  }
  const char version = beginning.back();
  if (version != kVersion) {
    const auto theirs = std::to_string(static_cast<unsigned char>(version));
    const auto ours = std::to_string(kVersion);
    return Unexpected(
        refusal(where_,
                {"has format version " + theirs + ", this program knows " + ours,
                 "có định dạng phiên bản " + theirs + ", chương trình này chỉ biết " + ours},
                {"Install the newer xalink here, then try again", "Cài xalink mới hơn ở đây, rồi thử lại"}));
  }
  return {};
}

Result<std::optional<SignedFileReader::Frame>> SignedFileReader::next() {
  if (ended_) return std::optional<Frame>();
  if (!begun_) {
    if (auto good = take_beginning(); !good) return Unexpected(good.error());
    begun_ = true;
  }
  const auto at = bytes_;
  const auto hash_before = hash_->now();
  std::string head;
  if (auto taken = take(head, kFrameHead); !taken) return Unexpected(taken.error());
  const auto length = length_in(head);
  if (length > kLargestFrame)
    return altered("the part at byte " + std::to_string(at) + " says to be " + std::to_string(length) +
                   " bytes long");
  Frame frame;
  frame.type = head[0];
  if (auto taken = take(frame.payload, length); !taken) return Unexpected(taken.error());
  check_ = hash_->check();
  std::string told;
  if (auto taken = take(told, check_.size()); !taken) return Unexpected(taken.error());
  if (!std::equal(check_.begin(), check_.end(), told.begin()))
    return altered("the part at byte " + std::to_string(at) + " is not what was written");
  if (frame.type != kSignatureFrame) return std::optional<Frame>(std::move(frame));
  char more = 0;
  const auto after = source_.read(&more, 1);
  if (!after) return Unexpected(after.error());
  if (*after != 0) return altered("something follows its end at byte " + std::to_string(bytes_));
  signed_hash_ = hash_before;
  signature_ = std::move(frame.payload);
  ended_ = true;
  return std::optional<Frame>();
}

Result<void> SignedFileReader::verify(const PublicKey& key) const {
  if (!ended_) return truncated();
  if (!key.verifies(std::string(kContext) + signed_hash_, signature_))
    return altered("its signature is not by the key that it names");
  return {};
}

}  // namespace xalink
