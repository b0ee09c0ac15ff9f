#pragma once
// What xalink reads of an administrative dossier, and nothing else: no names, addresses or identity
// numbers of citizens (design, section 8). Names as in the national data model.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace xalink {

enum class DossierField : std::uint8_t {
  code,
  procedure,
  agency,
  state,
  state_at,
  submitted,
  received,
  due,
  finished,
  returned,
  channel,
  level,
  online_payment,
  fee,
  digitised,
  supplement_requests,
};

struct DossierFieldName {
  DossierField field;
  std::string_view key;              ///< in [dossiers.columns]
  std::string_view national_header;  ///< the file's header unless configured otherwise
};

inline constexpr std::array<DossierFieldName, 16> kDossierFields = {{
    {DossierField::code, "code", "MaHoSo"},
    {DossierField::procedure, "procedure", "MaTTHC"},
    {DossierField::agency, "agency", "DonViXuLy"},
    {DossierField::state, "state", "TrangThaiHoSo"},
    {DossierField::state_at, "state_at", "ThoiDiemXuLy"},
    {DossierField::submitted, "submitted", "NgayNopHoSo"},
    {DossierField::received, "received", "NgayTiepNhan"},
    {DossierField::due, "due", "NgayHenTra"},
    {DossierField::finished, "finished", "NgayKetThucXuLy"},
    {DossierField::returned, "returned", "NgayTra"},
    {DossierField::channel, "channel", "KenhThucHien"},
    {DossierField::level, "level", "MucDo"},
    {DossierField::online_payment, "online_payment", "DuocThanhToanTrucTuyen"},
    {DossierField::fee, "fee", "CoPhi"},
    {DossierField::digitised, "digitised", "HoSoCoThanhPhanSoHoa"},
    {DossierField::supplement_requests, "supplement_requests", "SoLanYeuCauBoSung"},
}};

/// The national states 1 to 10 in words, in the order of their numbers.
inline constexpr std::array<std::string_view, 10> kNationalStates = {
    "Mới đăng ký",
    "Được tiếp nhận",
    "Không được tiếp nhận",
    "Đang xử lý",
    "Yêu cầu bổ sung giấy tờ",
    "Yêu cầu thực hiện nghĩa vụ tài chính",
    "Công dân yêu cầu rút hồ sơ",
    "Dừng xử lý",
    "Đã xử lý xong",
    "Đã trả kết quả",
};

[[nodiscard]] constexpr std::size_t index(DossierField field) {
  return static_cast<std::size_t>(field);
}

}  // namespace xalink
