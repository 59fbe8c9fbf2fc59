// Several policies in one process, and what the command line makes of folders and names.

#include "app/fleet.hpp"

#include "app/policy_files.hpp"
#include "config/policy_loader.hpp"
#include "tests/support/scratch.hpp"

#include <doctest/doctest.h>

namespace davy::app {
namespace {

config::Policy policy(const std::string& service) {
  const auto loaded = config::load_policy("version: davy/v1\nservice: " + service +
                                              "\nmode: observe\ncanary: {targets: [http://127.0.0.1:1/c]}\n"
                                              "checks: [{name: m, gauge: memory, max: 1}]\n",
                                          "p.yaml", config::empty_environment());
  REQUIRE(loaded.policy);
  return *loaded.policy;
}

FleetOptions quiet() {
  FleetOptions options;
  options.watch.log_level = telemetry::Level::error;
  return options;
}

}  // namespace

TEST_CASE("two policies of one service are refused") {
  boost::asio::io_context loop;
  const auto fleet = Fleet::create(loop, {policy("checkout"), policy("checkout")}, quiet());
  REQUIRE_FALSE(fleet.has_value());
  CHECK(fleet.error().message() == "two policies are about the service checkout; give each its own");
}

TEST_CASE("of several services each has a journal of its own in the folder") {
  test::Scratch scratch;
  boost::asio::io_context loop;
  FleetOptions options = quiet();
  options.watch.journal = scratch.path().string();
  REQUIRE(Fleet::create(loop, {policy("checkout"), policy("basket")}, options).has_value());
  CHECK(std::filesystem::exists(scratch.path() / "checkout.journal"));
  CHECK(std::filesystem::exists(scratch.path() / "basket.journal"));
}

TEST_CASE("a listen address that is none is refused with what to write") {
  boost::asio::io_context loop;
  FleetOptions options = quiet();
  options.listen = "3289";
  const auto fleet = Fleet::create(loop, {policy("checkout")}, options);
  REQUIRE_FALSE(fleet.has_value());
  CHECK(fleet.error().message() == "--listen 3289: write address:port, like 127.0.0.1:3289");
}

TEST_CASE("a folder stands for its policies and not for what a mounted ConfigMap keeps beside them") {
  test::Scratch scratch;
  std::filesystem::create_directory(scratch.path() / "..data.yaml");
  const std::string b = scratch.write("b.yaml", ""), a = scratch.write("a.yml", "");
  scratch.write("notes.txt", "");
  CHECK(policy_files({scratch.path().string(), "c"}) == std::vector<std::string>{a, b, "c"});
}

TEST_CASE("a lease is named after its service in letters that the API takes") {
  CHECK(lease_name("checkout") == "davy-checkout");
  CHECK(lease_name("Check Out/v2.") == "davy-check-out-v2");
  CHECK(lease_name(std::string(100, 'a')).size() == 63);
  CHECK(own_identity() != own_identity());
}

}  // namespace davy::app
