#pragma once

// What an import makes of another system's configuration: a policy, and everything that is not in it as it
// was.

#include "config/import/source.hpp"

#include <map>
#include <string>
#include <vector>

namespace davy::config::imported {

struct ImportOptions {
  std::string service;                      // empty: the name that the source gives
  std::string prometheus;                   // URL; empty: the source's, or a place to fill in
  std::string provider;                     // Flagger's -mesh-provider, where a Canary names none
  std::map<std::string, std::string> args;  // values of {{args.NAME}} and the like
};

struct Remark {
  std::string where;    // "metric 'latency'"
  std::string what;     // what is not carried over as it was
  std::string why;      // may be empty
  std::string instead;  // what to do; may be empty
};
std::string to_text(const Remark& remark);

struct Imported {
  std::string text;  // YAML with comments, mode: observe; empty: refused
  std::vector<Remark> remarks;
  std::string refusal;  // why there is no policy, and what to do
};

using Documents = std::vector<SourceDocument>;

// The first format that knows one of the documents takes them all.
Imported import_documents(const Documents& documents, const ImportOptions& options);

}  // namespace davy::config::imported
