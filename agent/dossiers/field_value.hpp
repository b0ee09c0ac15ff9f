#pragma once
// The text of one field as a value of a record.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "agent/dossiers/table_kind.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// What the local system calls a state → the national number 1..10.
using DossierStates = std::map<std::string, std::uint8_t, std::less<>>;

/// Words in folded() form (text_form.hpp).
[[nodiscard]] DossierStates folded_states(const DossierStates& states);

/// `text` is composed UTF-8; blanks at its ends do not count. An empty text, and "NULL" as database tools
/// write it, is null; of a field that tells of a presence it is a no. The error's `what` is the reason in
/// English and Vietnamese, with what to do; it never quotes the text.
[[nodiscard]] Result<Value> field_value(const TableField& field, std::string_view text,
                                        const DossierStates& folded_states);

/// Of FieldKind::presence: a cell that is there and empty says that the thing is not; so do the words for no
/// and an empty list.
[[nodiscard]] bool tells_presence(std::string_view text);

/// An error about a field or row, for the person who repairs it in the office.
[[nodiscard]] Unexpected bad_input(const std::string& english, const std::string& vietnamese);

}  // namespace xalink
