#pragma once

// Targets from files in Prometheus' file_sd format, JSON or YAML: a list of {targets: [host:port], labels:
// {}}.
//
// The last part of the path may be a glob (targets/*.json). A file is read again when its size, time or
// identity has changed. A file that is missing or broken keeps the targets it last gave, and is a problem
// until it is mended; a file that a glob no longer finds is gone.

#include "collector/discovery/discovery.hpp"
#include "core/model/scrape.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace davy::collector {

// The targets of one file's content. Error: malformed, with the place.
Result<std::vector<Target>> parse_file_sd(std::string_view content, Side side, const ScrapeSpec& spec);

class FileTargets final : public Discovery {
 public:
  FileTargets(Side side, std::string pattern, ScrapeSpec spec);
  boost::asio::awaitable<Result<std::vector<Target>>> targets() override;
  std::vector<Error> problems() const override;

 private:
  struct Stamp {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t changed_ns = 0;
    auto operator<=>(const Stamp&) const = default;
  };
  struct File {
    std::optional<Stamp> stamp;
    std::optional<std::vector<Target>> targets;  // of the last good content
    std::optional<Error> problem;
  };
  static std::optional<Stamp> stamp_of(const std::string& path);
  void refresh(const std::string& path, File& file) const;

  Side side_;
  std::string pattern_;
  ScrapeSpec spec_;
  std::map<std::string, File> files_;
};

}  // namespace davy::collector
