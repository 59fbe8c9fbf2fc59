#pragma once

// Streaming gunzip into a string that never grows beyond its limit, whatever the peer sends: 1 MiB of gzip
// can hold 1 GiB of zeros.

#include "core/base/result.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace davy::net {

class Inflater {
 public:
  explicit Inflater(std::size_t bytes_max);
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Decompresses one piece onto `out`. Errors: over_limit (body_size_limit), malformed (bad_gzip).
  Result<void> add(std::string_view compressed, std::string& out);
  // After the last piece: malformed when the stream was cut short or its checksum was wrong.
  Result<void> finish();

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
  std::size_t bytes_max_;
  bool ended_ = false;
};

std::string gzip(std::string_view content);

Error body_over_limit(std::size_t bytes_max);

}  // namespace davy::net
