#pragma once

// Fields of an object of the API: what is missing or of another type reads as empty, since servers of other
// versions leave out and add.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

namespace davy::kube {

using Path = std::initializer_list<std::string_view>;

const boost::json::value* find(const boost::json::object& object, Path path);
const boost::json::object& object_at(const boost::json::object& object, Path path);  // empty when it is none
const boost::json::array& array_at(const boost::json::object& object, Path path);
std::string text_at(const boost::json::object& object, Path path);
std::int64_t count_at(const boost::json::object& object, Path path, std::int64_t otherwise = 0);
bool true_at(const boost::json::object& object, Path path);
std::map<std::string, std::string> texts_at(const boost::json::object& object, Path path);

}  // namespace davy::kube
