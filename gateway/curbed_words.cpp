#include "gateway/curbed_words.hpp"

#include "sparkplug/wording.hpp"

namespace xalink {
namespace {

constexpr Wording kVietnamese[] = {
    {"more than {} messages a second ([limits] messages_per_second)",
     "quá {} bản tin mỗi giây ([limits] messages_per_second)"},
    {"more than {} births a minute ([limits] births_per_minute)",
     "khai báo quá {} lần mỗi phút ([limits] births_per_minute)"},
    {"no room before the store: it is slow or refuses, or this board sends too much",
     "hết chỗ chờ ghi vào kho: kho chậm hoặc từ chối, hoặc máy này gửi quá nhiều"},
    {"no birth of this node is in force; a rebirth is requested",
     "chưa có khai báo (NBIRTH) còn hiệu lực; đã yêu cầu khai báo lại"},
    {"device \"{}\" has no birth; a rebirth is requested",
     "thiết bị \"{}\" chưa khai báo; đã yêu cầu khai báo lại"},
    {"{}; a rebirth is requested", "{}; đã yêu cầu khai báo lại"},
    {"too many nodes are known already", "đã có quá nhiều máy được biết"},
    {"the topic is longer than {} bytes", "chủ đề dài hơn {} byte"},
    {"{} was retained, which Sparkplug forbids", "{} được lưu giữ (retained), Sparkplug cấm điều này"},
    {"{} has no bdSeq between 0 and 255", "{} không có bdSeq từ 0 đến 255"},
    {"{} has no seq between 0 and 255", "{} không có seq từ 0 đến 255"},
    {"{} has a metric without a name", "{} có một chỉ số không tên"},
    {"payload is not a Sparkplug B protobuf", "nội dung không phải Sparkplug B"},
    {"payload of {} bytes is larger than {}", "nội dung {} byte, lớn hơn {}"},
    {"the text is not UTF-8", "văn bản không phải UTF-8"},
    {"a text is not UTF-8", "có văn bản không phải UTF-8"},
    {"a name is not UTF-8", "có tên không phải UTF-8"},
    {"a name holds a control character", "có tên chứa ký tự điều khiển"},
    {"the value does not fit the type {}", "giá trị không hợp kiểu {}"},
    {"a metric has neither a value nor is_null", "một chỉ số không có giá trị mà cũng không is_null"},
    {"the message holds more records than its row id allows",
     "bản tin có nhiều bản ghi hơn số dòng cho phép"},
    {"the message names a row id and holds no record", "bản tin nêu số dòng mà không có bản ghi"},
    {"two lanes in one message", "hai làn trong một bản tin"},
};
static_assert(parts_agree(kVietnamese));

}  // namespace

std::string curbed_reason_in(Language language, std::string_view reason) {
  return language == Language::vietnamese ? say_in_other(kVietnamese, reason) : std::string(reason);
}

}  // namespace xalink
