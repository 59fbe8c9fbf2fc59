#pragma once

// One function a format: whether it knows a document, and what it makes of all of them. A format reads what
// it needs from the documents, ignores the rest, and remarks what it understands and cannot carry over.

#include "config/import/imported.hpp"

#include <span>

namespace davy::config::imported {

struct Format {
  std::string_view title;
  std::string_view input;  // what to give it
  bool (*knows)(const SourceDocument& document);
  Imported (*import)(const Documents& documents, const ImportOptions& options);
};

std::span<const Format> formats();

bool is_flagger(const SourceDocument& document);
bool is_argo(const SourceDocument& document);
bool is_kayenta(const SourceDocument& document);
bool is_alert_rules(const SourceDocument& document);
bool is_sloth(const SourceDocument& document);
bool is_openslo(const SourceDocument& document);

Imported import_flagger(const Documents& documents, const ImportOptions& options);
Imported import_argo(const Documents& documents, const ImportOptions& options);
Imported import_kayenta(const Documents& documents, const ImportOptions& options);
Imported import_alert_rules(const Documents& documents, const ImportOptions& options);
Imported import_sloth(const Documents& documents, const ImportOptions& options);
Imported import_openslo(const Documents& documents, const ImportOptions& options);

}  // namespace davy::config::imported
