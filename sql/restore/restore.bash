# Part of the virtsql command (sql/virtsql), which reads it for `virtsql restore`.

# Writes the host's definitions into $folder, which must be new or empty, and the script $folder/restore, which has
# virsh define them. Only the owner may read the folder, because definitions reveal much about a host.
restore_host() {
  require_empty "$folder" "is not empty; name an empty or a new folder"
  local calls
  [[ -n $host ]] || host=$(query 'SELECT name FROM hosts GROUP BY NULL HAVING count(*) = 1')
  require_host
  umask 077
  mkdir -p "$folder" || exit 2
  calls=$({
    printf '%s\n' '.parameter init' "$(parameter host "$(quoted "$host")")" "$(parameter folder "$(quoted "$folder")")"
    cat "$(shared restore)/restore.sql"
  } | "${sqlite[@]}" "${options[@]}" "$database") || fail "the definitions of $host could not be written into $folder"
  { echo '#!/bin/sh' && cat "$(shared restore)/head" && printf '%s\n\nexit $failed\n' "$calls"; } >"$folder/restore" ||
    fail "$folder/restore could not be written"
  chmod 0700 "$folder/restore" || exit 2
  echo "$(find "$folder" -name '*.xml' | wc -l) definitions of $host; $folder/restore [URI] has virsh define them"
  local status=0
  ! grep '^left_out ' <<<"$calls" >&2 || { echo "virtsql: these are left out: no XML can express their edited rows; domain_xml(), network_xml() and so on say why" >&2 && status=1; }
  ! grep '^not_read ' <<<"$calls" >&2 || { echo "virtsql: these are missing, or as they were before: what libvirt said of them last could not be read; captures.error says why" >&2 && status=1; }
  exit "$status"
}
