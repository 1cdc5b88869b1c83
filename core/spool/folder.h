// Whether nobody else can change what virtsql writes into a folder and reads back. Linked into the hook.
#pragma once

#include <string>

namespace virtsql {

// Returns why the folder must not be used: it is no folder; it, or the symbolic link that leads to it, belongs to
// neither root nor this process's user; everybody may write it, or a group that is neither root's nor this process's.
// Empty if the folder may be used or does not exist.
std::string folder_problem(const std::string& path);

// The same for an open folder, and also for the folder that it really stands in, because whoever may write that can
// replace the open one. Others may write the outer folder if it is sticky, as /tmp is. `path` is where the folder was
// opened: it is looked at for a symbolic link, and stands in the message.
std::string folder_problem(int folder, const std::string& path);

// Returns the folder part of the file's path, `.` if it has none. Does not look at the file system.
std::string folder_of(const std::string& file);

// Returns the path of another program of virtsql: beside this one or, if it is not there, where it is installed.
std::string program_path(const std::string& name);

// Makes the entry of a new folder durable: syncs the folder that it stands in. Errors are ignored.
void sync_entry(const std::string& path);

}  // namespace virtsql
