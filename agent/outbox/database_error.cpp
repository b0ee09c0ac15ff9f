#include "agent/outbox/database_error.hpp"

#include <sqlite3.h>

#include <string>

#include "sparkplug/read_only_disk.hpp"

namespace xalink {
namespace {

std::string folder_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path().string() : std::string("the working folder");
}

std::string set_aside(const std::filesystem::path& file) {
  return "Move " + file.string() +
         " with its -wal and -shm aside and keep them; a new outbox begins by itself";
}

/// As the kernel makes it of ext4 after an error, under a running program too.
Error read_only_error(const std::filesystem::path& file, const std::string& attempt) {
  return Error{
      file.string(), attempt + "its file system is read-only",
      "If somebody mounted it so, mount it for writing. Else the kernel made it so after an error of the "
      "card: see dmesg, save what is on it, and restart the board, which checks the file system. If it comes "
      "again, replace the card"};
}

}  // namespace

Error database_error(const std::filesystem::path& file, std::string_view attempt,
                     const SQLite::Exception& refusal) {
  const int extended = refusal.getExtendedErrorCode();
  // Some errors are raised by SQLiteCpp without a code of SQLite's.
  const int code = refusal.getErrorCode() & 0xff;
  std::string what = "cannot " + std::string(attempt) + ": ";
  std::string next;
  const bool writes = code == SQLITE_READONLY || code == SQLITE_IOERR || code == SQLITE_CANTOPEN;
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  if (writes && is_on_read_only_disk(folder)) return read_only_error(file, what);
  switch (code) {
    case SQLITE_FULL:
      what += "the disk is full";
      next = "Free space on the file system of " + folder_of(file);
      break;
    case SQLITE_READONLY:
      what += "the file is read-only";
      next = "Check that its file system is mounted for writing and that the file and its folder " +
             folder_of(file) + " belong to the user the agent runs as";
      break;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      what += "the file cannot be opened";
      next = "Check that the folder " + folder_of(file) +
             " exists, that the agent's user may write there, and " +
             "that its file system is mounted for writing; dmesg tells whether the card or disk is broken";
      break;
    case SQLITE_IOERR:
      what +=
          "the disk refuses (" + std::string(refusal.getErrorStr()) + " " + std::to_string(extended) + ")";
      next = "Look for errors of the card or disk with dmesg, and replace it if they go on";
      break;
    case SQLITE_CORRUPT:
      what += "the database is damaged (" + std::string(refusal.what()) + ")";
      next = set_aside(file);
      break;
    case SQLITE_NOTADB:
      what += "the file is not a database";
      next = "Name another file, or move this one aside";
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      what += "another program holds the database";
      next = "Close what has it open for writing (an sqlite3 shell?)";
      break;
    default:
      what += std::string(refusal.what()) + " (" + std::to_string(extended) + ")";
      next = "Run the agent again; if the error stays: " + set_aside(file);
      break;
  }
  return Error{file.string(), what, next};
}

Error damaged_database(const std::filesystem::path& file, std::string_view contradiction) {
  return Error{file.string(), "the database is damaged: " + std::string(contradiction), set_aside(file)};
}

}  // namespace xalink
