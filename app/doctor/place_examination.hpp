#pragma once

// Files and folders that Davy will read or write: secrets, programs, the journal, reports, recordings.
// Nothing is created; a place is tried by asking for the rights to it.

#include "app/doctor/diagnosis.hpp"

#include <string>

namespace davy::config {
class Section;
}

namespace davy::app::doctor {

// `path` will be written: it, or the nearest folder above it that exists, can be, and has room.
Diagnosis examine_place(const std::string& subject, const std::string& path);

// A program by path, or found in PATH, can be run.
Diagnosis examine_program(const std::string& subject, const std::string& program);

// Every *_file and *_env of a section and of those below it: exists, can be read, is not empty.
Diagnoses examine_secrets(const std::string& subject, const config::Section& section);

}  // namespace davy::app::doctor
