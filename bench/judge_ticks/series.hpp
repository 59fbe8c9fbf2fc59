#pragma once

// One series of a file of ticks, read from its JSON. Throws std::exception where it cannot be.

#include "bench/judge_ticks/tick_file.hpp"

#include <boost/json/object.hpp>

namespace davy::judge_ticks {

// A null counts as absent.
const boost::json::value* given(const boost::json::object& object, std::string_view key);
std::optional<double> number_in(const boost::json::object& object, std::string_view key);

// `ticks` is a list of {t, n, errors, buckets, ...} with ascending t.
Series read_series(std::string name, const boost::json::value& ticks, std::size_t bins);

// Plain values, one a minute; a null is a minute without a reading.
Series read_values(std::string name, const boost::json::value& values);

}  // namespace davy::judge_ticks
