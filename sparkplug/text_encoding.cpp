#include "sparkplug/text_encoding.hpp"

#include <iconv.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

#include "sparkplug/text_form.hpp"
#include "sparkplug/utf8.hpp"

namespace xalink {
namespace {

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr char kNoCharacter = '\xFF';

iconv_t no_converter() {
  // As iconv_open(3) says it: (iconv_t) -1.
  return reinterpret_cast<iconv_t>(static_cast<std::intptr_t>(-1));
}

const char* iconv_name(TextEncoding encoding) {
  switch (encoding) {
    case TextEncoding::windows_1258: return "CP1258";
    case TextEncoding::tcvn3: return "TCVN5712-1";
    case TextEncoding::automatic:
    case TextEncoding::utf8:
    case TextEncoding::utf16: break;
  }
  return nullptr;
}

}  // namespace

std::string_view ByteOrder::feed(std::string_view bytes) {
  if (form_ == Form::bytes) return bytes;
  out_.clear();
  waiting_.append(bytes);
  settle(/*complete=*/false);
  return out_;
}

std::string_view ByteOrder::finish() {
  out_.clear();
  settle(/*complete=*/true);
  if (form_ == Form::little || form_ == Form::big) {
    if (high_ != 0 || !waiting_.empty()) out_ += kNoCharacter;
    high_ = 0;
    waiting_.clear();
  }
  return out_;
}

void ByteOrder::settle(bool complete) {
  if (form_ == Form::unknown) {
    if (!complete && waiting_.size() < kUtf8Mark.size()) return;
    const std::string_view begin = waiting_;
    std::size_t mark = 2;
    if (begin.starts_with("\xFF\xFE")) {
      form_ = Form::little;
    } else if (begin.starts_with("\xFE\xFF")) {
      form_ = Form::big;
    } else {
      mark = 0;  // readers of UTF-8 pass over its mark themselves
      form_ = Form::bytes;
      if (chosen_ == TextEncoding::utf16 && !begin.starts_with(kUtf8Mark)) {
        // No text begins with U+xx00 where a header or a number stands: a zero first is the high half.
        form_ = begin.starts_with('\0') ? Form::big : Form::little;
      }
    }
    waiting_.erase(0, mark);
  }
  if (form_ == Form::bytes) {
    out_ = std::exchange(waiting_, {});
    return;
  }
  std::size_t at = 0;
  for (; at + 2 <= waiting_.size(); at += 2) {
    const auto first = static_cast<unsigned char>(waiting_[at]);
    const auto second = static_cast<unsigned char>(waiting_[at + 1]);
    take_unit(form_ == Form::little ? first + 256U * second : 256U * first + second);
  }
  waiting_.erase(0, at);
}

void ByteOrder::take_unit(unsigned unit) {
  const bool low = unit >= 0xDC00 && unit <= 0xDFFF;
  if (high_ != 0 && low) {
    append(0x10000 + ((high_ - 0xD800) << 10U) + (unit - 0xDC00));
    high_ = 0;
    return;
  }
  if (high_ != 0) out_ += kNoCharacter;
  high_ = 0;
  if (unit >= 0xD800 && unit <= 0xDBFF) {
    high_ = unit;
  } else if (low) {
    out_ += kNoCharacter;
  } else {
    append(unit);
  }
}

void ByteOrder::append(unsigned code_point) {
  const auto byte = [this](unsigned value) { out_ += static_cast<char>(value); };
  const auto tail = [&](unsigned shift) { byte(0x80U | (code_point >> shift & 0x3FU)); };
  if (code_point < 0x80) {
    byte(code_point);
  } else if (code_point < 0x800) {
    byte(0xC0U | code_point >> 6U);
    tail(0);
  } else if (code_point < 0x10000) {
    byte(0xE0U | code_point >> 12U);
    tail(6);
    tail(0);
  } else {
    byte(0xF0U | code_point >> 18U);
    tail(12);
    tail(6);
    tail(0);
  }
}

FieldDecoder::FieldDecoder(TextEncoding chosen) {
  const char* name = iconv_name(chosen);
  if (name == nullptr) return;
  const iconv_t converter = ::iconv_open("UTF-8", name);
  if (converter == no_converter()) {
    throw std::runtime_error(std::string("this system's iconv knows no ") + name +
                             "; install the package libc-bin or set [dossiers] encoding = \"auto\"");
  }
  converter_.reset(converter);
}

void FieldDecoder::Close::operator()(void* converter) const {
  ::iconv_close(converter);
}

std::optional<std::string> FieldDecoder::decode(std::string_view field) const {
  if (find_broken_utf8(field) == std::string_view::npos) return composed(field);
  if (!converter_) return std::nullopt;
  ::iconv(converter_.get(), nullptr, nullptr, nullptr, nullptr);
  std::string in(field);
  std::string out;
  char* from = in.data();
  std::size_t left = in.size();
  bool flushed = false;
  while (!flushed) {
    char piece[256];
    char* to = piece;
    std::size_t room = sizeof piece;
    // Without input it gives out what it holds back: code page 1258 has its tone marks behind the letters.
    flushed = left == 0;
    const std::size_t done = flushed ? ::iconv(converter_.get(), nullptr, nullptr, &to, &room)
                                     : ::iconv(converter_.get(), &from, &left, &to, &room);
    if (done == static_cast<std::size_t>(-1)) {
      if (errno != E2BIG) return std::nullopt;
      flushed = false;
    }
    out.append(piece, static_cast<std::size_t>(to - piece));
  }
  return composed(out);
}

}  // namespace xalink
