#include "core/model/action.hpp"

namespace davy {

std::string_view to_text(Purpose purpose) { return purpose == Purpose::rollback ? "rollback" : "promote"; }

}  // namespace davy
