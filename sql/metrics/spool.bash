# Part of the virtsql command (sql/virtsql), which reads it for `virtsql metrics`.

# Prints the metrics of the spool (core/spool/README.md), which only root may read. A record's name is its time in
# microseconds since 1970.
spool_metrics() {
  local spool records set_aside=0 age=0
  if [[ $database == "$(configured database)" ]]; then spool=$(configured spool); else spool=$(dirname "$database")/spool; fi
  if [[ ! -x $spool || ! -r $spool ]]; then
    echo "# $spool is not there, or not for this user: there are no metrics of the spool"
    return
  fi
  records=$(find "$spool" -maxdepth 1 -name '[0-9]*.record' -printf '%f\n' | sort)
  [[ -z $records ]] || age=$(($(date +%s) - 10#$(head -n 1 <<<"${records//[!0-9$'\n']/}") / 1000000))
  [[ ! -d $spool/bad ]] || set_aside=$(find "$spool/bad" -type f ! -name '*.reason' -printf x | wc -c)
  metric() { printf '# HELP virtsql_spool_%s %s\n# TYPE virtsql_spool_%s gauge\nvirtsql_spool_%s %s\n' "$1" "$2" "$1" "$1" "$3"; }
  metric records 'Records that wait to be put into the database.' "$(grep -c . <<<"$records" || true)"
  metric oldest_record_age_seconds 'How long the first of them has been waiting; 0: none waits.' "$((age > 0 ? age : 0))"
  metric set_aside 'Files that were no records, or could not be stored.' "$set_aside"
}
