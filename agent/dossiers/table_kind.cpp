#include "agent/dossiers/table_kind.hpp"

#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

constexpr bool kMandatory = true;
constexpr bool kSubject = true;

constexpr TableField kDossierFields[] = {
    {"code", "MaHoSo", "Code", FieldKind::code, kMandatory, kSubject},
    {"procedure", "MaTTHC", "Procedure"},
    {"agency", "DonViXuLy", "Agency"},
    {"state", "TrangThaiHoSo", "State", FieldKind::state, kMandatory},
    {"state_at", "ThoiDiemXuLy", "State At", FieldKind::time},
    {"submitted", "NgayNopHoSo", "Submitted", FieldKind::time},
    {"received", "NgayTiepNhan", "Received", FieldKind::time},
    {"due", "NgayHenTra", "Due", FieldKind::time},
    {"finished", "NgayKetThucXuLy", "Finished", FieldKind::time},
    {"returned", "NgayTra", "Returned", FieldKind::time},
    {"channel", "KenhThucHien", "Channel", FieldKind::number, !kMandatory, !kSubject, 1, 3},
    {"level", "MucDo", "Level"},
    {"online_payment", "DuocThanhToanTrucTuyen", "Online Payment", FieldKind::number, !kMandatory, !kSubject,
     0, 2},
    {"fee", "CoPhi", "Fee", FieldKind::flag},
    {"digitised", "HoSoCoThanhPhanSoHoa", "Digitised", FieldKind::flag},
    {"supplement_requests", "SoLanYeuCauBoSung", "Supplement Requests", FieldKind::number, !kMandatory,
     !kSubject, 0, 255},
    {"attachments", "TaiLieuNop", "Attachments", FieldKind::presence},
    {"result_file", "DuongDanTepTinKetQua", "Result File", FieldKind::presence},
};

constexpr std::uint64_t kMostCount = 4'294'967'295;

constexpr TableField count(std::string_view key, std::string_view header, std::string_view column,
                           bool mandatory = false) {
  return {key, header, column, FieldKind::number, mandatory, !kSubject, 0, kMostCount};
}

constexpr TableField kSatisfactionFields[] = {
    {"commune", "MaXa", "Commune", FieldKind::text, !kMandatory, kSubject},
    {"agency", "DonVi", "Agency", FieldKind::text, !kMandatory, kSubject},
    {"period_start", "TuNgay", "Period Start", FieldKind::time, kMandatory, kSubject},
    {"period_end", "DenNgay", "Period End", FieldKind::time, !kMandatory, kSubject},
    {"channel", "Kenh", "Channel", FieldKind::text, !kMandatory, kSubject},
    count("asked", "SoMoi", "Asked"),
    count("answers", "SoPhieu", "Answers", kMandatory),
    count("satisfied", "SoHaiLong", "Satisfied"),
    count("grade_1", "Muc1", "Grade 1"),
    count("grade_2", "Muc2", "Grade 2"),
    count("grade_3", "Muc3", "Grade 3"),
    count("grade_4", "Muc4", "Grade 4"),
    count("grade_5", "Muc5", "Grade 5"),
};
constexpr FieldOrder kSatisfactionOrders[] = {
    {"period_start", "period_end"}, {"satisfied", "answers"}, {"answers", "asked"},   {"grade_1", "answers"},
    {"grade_2", "answers"},         {"grade_3", "answers"},   {"grade_4", "answers"}, {"grade_5", "answers"}};

constexpr TableField kTaskFields[] = {
    {"code", "MaNhiemVu", "Code", FieldKind::code, kMandatory, kSubject},
    {"programme", "ChuongTrinh", "Programme"},
    // A free text: it may name people, so it is taken only where the configuration names its column.
    {"name", "", "Name"},
    {"owner", "DonViChuTri", "Owner", FieldKind::text, !kMandatory, kSubject},
    {"as_of", "NgaySoLieu", "As Of", FieldKind::time, !kMandatory, kSubject},
    {"deadline", "HanHoanThanh", "Deadline", FieldKind::time},
    count("total", "TongSo", "Total", kMandatory),
    count("done", "HoanThanh", "Done", kMandatory),
    count("on_time", "DungHan", "On Time"),
    count("late", "QuaHan", "Late"),
};
constexpr FieldOrder kTaskOrders[] = {{"done", "total"}, {"on_time", "total"}, {"late", "total"}};

constexpr TableField kVillageFields[] = {
    {"commune", "MaXa", "Commune", FieldKind::text, kMandatory, kSubject},
    // GSO codes are used again for other extents: a code means nothing without its list.
    {"code_list", "DanhMuc", "Code List", FieldKind::text, !kMandatory, kSubject},
    {"as_of", "NgaySoLieu", "As Of", FieldKind::time, kMandatory, kSubject},
    count("villages", "TongSoThon", "Villages", kMandatory),
    count("no_signal", "TrangSong", "No Signal"),
    count("gaps", "LomSong", "Gaps"),
    count("no_power", "ChuaCoDien", "No Power"),
    {"source", "Nguon", "Source", FieldKind::text, !kMandatory, kSubject},
};
constexpr FieldOrder kVillageOrders[] = {
    {"no_signal", "villages"}, {"gaps", "villages"}, {"no_power", "villages"}};

}  // namespace

const TableKind& satisfaction_table() {
  static const TableKind kKind = {
      "satisfaction",       "indicators.satisfaction", "indicators/satisfaction/drop_folder",
      &satisfaction_schema, kSatisfactionFields,       {},
      kSatisfactionOrders};
  return kKind;
}

const TableKind& task_table() {
  static const TableKind kKind = {"tasks",      "indicators.tasks", "indicators/tasks/drop_folder",
                                  &task_schema, kTaskFields,        {},
                                  kTaskOrders};
  return kKind;
}

const TableKind& village_table() {
  static const TableKind kKind = {"villages",      "indicators.villages", "indicators/villages/drop_folder",
                                  &village_schema, kVillageFields,        {},
                                  kVillageOrders};
  return kKind;
}

const TableKind& dossier_table() {
  static const TableKind kKind = {
      "dossiers", "dossiers", "dossiers/drop_folder", &dossier_schema, kDossierFields, "state_at", {}};
  return kKind;
}

}  // namespace xalink
