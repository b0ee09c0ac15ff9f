// The rest of the catalogue: what a node says of itself, of its buffer and of delivery, and the commands that
// it takes. Births, `xalink-agent metrics` and display names come from here.

#include "sparkplug/delivery.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/predecessor.hpp"

namespace xalink {
namespace {

constexpr Range kAny{};
constexpr Range kCount{0, std::numeric_limits<double>::infinity()};

constexpr std::string_view kNode = "";
constexpr std::string_view kEachDevice = "+";
constexpr std::string_view kSparkplug = "Sparkplug 3.0";
constexpr std::string_view kOutbox = "outbox";

constexpr NodeDeclaration kNodeMetrics[] = {
    {kNode,
     false,
     {metric::kBdSeq,
      DataType::int64,
      "",
      {0, 255},
      "Number of the connection; its will has the same one",
      kSparkplug,
      "Số thứ tự kết nối",
      "Số của lần kết nối; di chúc của kết nối mang cùng số"}},
    {kNode,
     false,
     {metric::kRebirth, DataType::boolean, "", kAny, "Command: announce everything anew", kSparkplug,
      "Lệnh khai báo lại", "Lệnh: khai báo lại toàn bộ"}},
    {kNode,
     false,
     {metric::kEpoch, DataType::string, "", kAny, "Which outbox the row ids belong to", kOutbox,
      "Kỷ nguyên bộ đệm", "Số dòng thuộc về bộ đệm nào"}},
    {kNode,
     false,
     {metric::kContinues, DataType::string, "", kAny,
      "Outboxes that this one was salvaged from; only where there are any", kOutbox, "Nối tiếp bộ đệm",
      "Các bộ đệm mà bộ đệm này được cứu ra từ đó; chỉ khi có"}},
    {kNode,
     true,
     {"Delivery/Lane <lane>", DataType::uint64, "", kCount, "Highest mark that the node was ever told",
      kOutbox, "Giao nhận làn", "Mốc cao nhất mà máy từng được báo"}},
    {kNode,
     false,
     {metric::kAcknowledgeEpoch, DataType::string, "", kAny, "Command: the epoch that a mark is for",
      "gateway", "Lệnh xác nhận: kỷ nguyên", "Lệnh: mốc xác nhận thuộc kỷ nguyên nào"}},
    {kNode,
     false,
     {"Node Control/Acknowledge Lane <lane>", DataType::uint64, "", kCount,
      "Command: the gateway has committed every row up to here", "gateway", "Lệnh xác nhận làn",
      "Lệnh: máy chủ tỉnh đã lưu mọi dòng đến đây"}},
    {kNode,
     false,
     {"Node Control/Resend From Lane <lane>", DataType::uint64, "", kCount,
      "Command: send again from this row what is still held", "gateway", "Lệnh gửi lại làn",
      "Lệnh: gửi lại từ dòng này những gì còn giữ"}},
    {kNode,
     false,
     {metric::kClockAnswer, DataType::uint64, "ms", kCount,
      "Command: the question's number; the message's timestamp is the gateway's time", "gateway",
      "Lệnh trả lời giờ", "Lệnh: số của câu hỏi; dấu thời gian của bản tin là giờ của máy chủ tỉnh"}},
    {kNode,
     true,
     {metric::kClockQuestion, DataType::uint64, "ms", kCount,
      "Time since boot at which a node without NTP asks for the gateway's time; null: it does not ask",
      "CLOCK_BOOTTIME", "Câu hỏi giờ",
      "Thời gian từ khi khởi động mà máy không có NTP hỏi giờ; trống: không hỏi"}},
    {kNode,
     false,
     {metric::kAgentVersion, DataType::string, "", kAny, "Version of xalink-agent", "the program",
      "Phiên bản", "Phiên bản của xalink-agent"}},
    {kNode,
     false,
     {metric::kHeartbeat, DataType::uint32, "s", kCount,
      "A measurement that did not change is recorded again after so long; 0: every one is recorded",
      "[by_exception]", "Nhịp ghi lại", "Số đo không đổi được ghi lại sau khoảng này; 0: lần nào cũng ghi"}},
    {kNode,
     false,
     {metric::kExportKey, DataType::string, "", kAny,
      "Public key of the board's export files; only where it has one", "the board's key", "Khóa tệp xuất",
      "Khóa công khai của tệp xuất của máy; chỉ khi có"}},
    {kNode,
     true,
     {metric::kBootId, DataType::string, "", kAny, "The boot that live records belong to",
      "/proc/sys/kernel/random/boot_id", "Mã lần khởi động", "Lần khởi động mà số đo hiện tại thuộc về"}},
    {kNode,
     true,
     {metric::kClockQuality,
      DataType::uint8,
      "",
      {0, 2},
      "What the clock is worth: 0 never set, 1 set and running free, 2 synchronised",
      "adjtimex(2)",
      "Chất lượng đồng hồ",
      "Đồng hồ đáng tin đến đâu: 0 chưa đặt, 1 đã đặt và tự chạy, 2 đã đồng bộ"}},
    {kNode,
     true,
     {metric::kBootOffset, DataType::int64, "ms", kAny, "Wall time minus time since boot",
      "CLOCK_REALTIME, CLOCK_BOOTTIME", "Độ lệch giờ", "Giờ thật trừ thời gian từ khi khởi động"}},
    {kNode,
     true,
     {metric::kEarliestOffset, DataType::int64, "ms", kAny,
      "Least offset that can be true; null while there is none", "adjtimex(2), the gateway's time",
      "Độ lệch nhỏ nhất", "Độ lệch nhỏ nhất có thể đúng; trống khi chưa có"}},
    {kNode,
     true,
     {metric::kLatestOffset, DataType::int64, "ms", kAny,
      "Greatest offset that can be true; null while there is none", "adjtimex(2), the gateway's time",
      "Độ lệch lớn nhất", "Độ lệch lớn nhất có thể đúng; trống khi chưa có"}},
    {kNode,
     true,
     {"Outbox/Depth Lane <lane>", DataType::uint64, "", kCount,
      "Records that wait for the gateway's confirmation", kOutbox, "Số bản ghi chờ ở làn",
      "Số bản ghi chờ máy chủ tỉnh xác nhận"}},
    {kNode,
     true,
     {metric::kOldest, DataType::date_time, "", kCount, "When the oldest of them was taken; null without any",
      kOutbox, "Bản ghi chờ lâu nhất", "Thời điểm của bản ghi chờ lâu nhất; trống khi không có"}},
    {kNode,
     true,
     {"Outbox/Given Up/<reason>", DataType::uint64, "", kCount,
      "Records given up so far: thinned into hourly summaries, or dropped for space, age, memory or damage",
      kOutbox, "Số bản ghi đã bỏ vì",
      "Số bản ghi đã bỏ đến nay: gộp theo giờ, hoặc bỏ vì hết chỗ, quá cũ, hết bộ nhớ hay hư hỏng"}},
    {kEachDevice,
     true,
     {"Delivery/Lane <lane>", DataType::uint64, "", kCount,
      "Row id of the last record in the message; in births, the highest mark that the node was ever told",
      kOutbox, "Giao nhận làn",
      "Số dòng của bản ghi cuối trong bản tin; khi khai báo, là mốc cao nhất mà máy từng được báo"}},
    {kBacklogDevice,
     true,
     {metric::kGap, DataType::data_set, "", kAny, "Rows that were given up: first, last, count, reason",
      kOutbox, "Khoảng trống", "Các dòng đã bỏ: đầu, cuối, số lượng, lý do"}},
    {kBacklogDevice,
     true,
     {metric::kOrder, DataType::bytes, "", kAny,
      "Which DataSet of the message holds its first record, its second, ...", kOutbox, "Thứ tự",
      "Bản ghi thứ nhất, thứ hai, ... nằm ở DataSet nào của bản tin"}},
    {kBacklogDevice,
     true,
     {"<device/group>", DataType::data_set, "", kAny, "Records of that group that were taken earlier",
      "the group's metrics", "Dữ liệu tồn đọng", "Bản ghi của nhóm đó, đo từ trước"}},
};

bool stands_for(std::string_view declared, std::string_view name) {
  const auto open = declared.find('<');
  if (open == std::string_view::npos) return declared == name;
  const bool begins = name.size() > open && name.substr(0, open) == declared.substr(0, open);
  // Only "<device/group>" stands for several parts.
  return begins && (open == 0 || name.find('/', open) == std::string_view::npos);
}

}  // namespace

std::span<const NodeDeclaration> node_declarations() {
  return kNodeMetrics;
}

const NodeDeclaration* find_node_declaration(std::string_view device, std::string_view metric) {
  for (const NodeDeclaration& declaration : kNodeMetrics) {
    const bool on_device = declaration.device == kEachDevice ? !device.empty() : declaration.device == device;
    if (on_device && stands_for(declaration.metric.name, metric)) return &declaration;
  }
  return nullptr;
}

}  // namespace xalink
