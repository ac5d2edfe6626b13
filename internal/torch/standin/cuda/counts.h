// What was asked of the device, by name, in a file that the tests read while a program runs: see counts.cpp.
#pragma once
#include <cstdint>

namespace standin {

// The names that are no operator's.
constexpr const char *kUploads = "upload", *kDownloads = "download", *kSynchronisations = "synchronisation",
                     *kAllocations = "allocation", *kDraws = "draw", *kPageable = "pageable";

// count adds one to what has a name.
void count(const char *name);

// operated counts an operator, and ends the device behind the one that the settings name.
void operated(const char *name);

// full says whether the operator has been asked for behind which no memory is given out.
bool full();

}  // namespace standin
