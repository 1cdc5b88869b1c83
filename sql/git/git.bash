# Part of the virtsql command (sql/virtsql), which reads it for `virtsql git`.

# Makes the git repository in $folder, or continues it after the newest capture of each database that its commits name and
# the database still has. Commits that it has are never rewritten.
git_history() {
  command -v git >/dev/null || fail "git is not installed: sudo apt install git"
  # Of a hook or an alias of git, GIT_DIR and others would name the repository in the place of $folder.
  local variables
  variables=$(git rev-parse --local-env-vars) || exit 2
  unset $variables
  local repository=(git -C "$folder") branch continued=0 changes origin ids since=''
  # A database that virtsql-fleet loaded has the captures of several. It is asked before anything is made.
  origin=$(query "SELECT CASE WHEN EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'loaded_databases')
    THEN 'SELECT database_id, first_seq FROM loaded_databases' ELSE 'SELECT id AS database_id, 0 AS first_seq FROM virtsql_database' END")
  ids=$(query "SELECT database_id FROM ($origin)")
  if [[ ! -e $folder/.git ]]; then
    require_empty "$folder" "has files and is no git repository; name an empty or a new folder"
    git init --quiet --initial-branch=main "$folder" || exit 2
  fi
  branch=$("${repository[@]}" symbolic-ref --short HEAD) || fail "$folder has no branch checked out"
  if "${repository[@]}" rev-parse --quiet --verify HEAD >/dev/null; then
    continued=1
    changes=$("${repository[@]}" status --porcelain --untracked-files=normal) || exit 2
    [[ -z $changes ]] || fail "$folder has changes that are not committed; commit them, or put them elsewhere"
    since=$("${repository[@]}" log --format="$(printf '%%(trailers:key=Virtsql-%s,valueonly,separator=%%x2C) ' Database Capture Seq)" |
      awk '$1 ~ /^[-0-9A-Fa-f]+$/ && $2 ~ /^[0-9]+$/ && $3 ~ /^[0-9]+$/ { print $1, $2, $3 }') || exit 2
    grep --quiet --fixed-strings -e "$ids" <<<"$since" || fail "$folder is a repository of something else than the history of $database; name another folder"
  fi
  {
    printf '%s\n' '.bail on' '.parameter init' "$(parameter branch "$(quoted "$branch")")" "$(parameter folder "$(quoted "$folder")")" "$(parameter continued "$continued")" \
      "CREATE TEMP TABLE origin AS $origin;" 'CREATE TEMP TABLE since (database_id TEXT, capture_id INTEGER, seq INTEGER);' 'CREATE TEMP TABLE held (path TEXT PRIMARY KEY, vm TEXT);'
    [[ -z $since ]] || sed "s/\(.*\) \(.*\) \(.*\)/INSERT INTO since VALUES ('\1', \2, \3);/" <<<"$since"
    [[ $continued == 0 ]] || held_files || exit
    cat "$(shared git)/history.sql"
  } | "${sqlite[@]}" "${options[@]}" "$database" | "${repository[@]}" fast-import --quiet --done || exit 2
  ! "${repository[@]}" rev-parse --quiet --verify HEAD >/dev/null || "${repository[@]}" reset --quiet --hard || exit 2
}

# Prints SQL that fills the table `held` with the files of the repository in $folder and the VM of each: its UUID is the
# first in the file. Status 1 of git grep says that there are none.
held_files() {
  { git -C "$folder" grep --text -z --no-line-number --no-column --no-color --fixed-strings -e '<uuid>' -- '*.xml' || [[ $? -eq 1 ]]; } | tr '\0' '\1' | awk -F '\001' '
    !known[$1]++ {
      uuid = tolower(substr($2, index($2, "<uuid>") + 6, 36))
      sub(/<.*/, "", uuid)
      gsub(/[^0-9a-f]/, "", uuid)
      gsub(/\047/, "\047\047", $1)
      print "INSERT INTO held VALUES (\047" $1 "\047, \047" uuid "\047);"
    }'
}
