// Whether a folder is ours: what virtsql writes there and reads back is nobody else's to change. Linked into the hook.
#pragma once

#include <string>

namespace virtsql {

// Why the folder must not be used: it, or the symbolic link that leads to it, belongs to neither root nor this
// process's user, or everybody or the group of somebody else may write it. Empty where it may be used or is not there.
std::string folder_problem(const std::string& path);

// The same of an open folder, and of the folder that it really stands in, from where it could be replaced: others may
// write that one if it is sticky, as /tmp is. `path` is for the message.
std::string folder_problem(int folder, const std::string& path);

// The folder that the file stands in, as the path says it.
std::string folder_of(const std::string& file);

// Makes the folder's own entry durable: syncs the folder that it stands in. As far as that is possible.
void sync_entry(const std::string& path);

}  // namespace virtsql
