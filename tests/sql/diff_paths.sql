-- The path of a difference is one of the documents', whatever other spellings the column has.
SELECT change, path, old, new FROM domain_diff('<domain type="kvm"><name>a</name><devices><disk type="block"><source dev="/dev/a"/><target dev="vda"/></disk></devices></domain>',
  '<domain type="kvm"><name>a</name><devices><disk type="block"><source dev="/dev/b"/><target dev="vda"/></disk></devices></domain>');
--> changed|/domain/devices/disk/source/@dev|/dev/a|/dev/b
-- Spelled as no disk of its type would be.
SELECT change, path, old, new FROM domain_diff('<domain type="kvm"><name>a</name><devices><disk type="block"><source file="/a"/><target dev="vda"/></disk></devices></domain>',
  '<domain type="kvm"><name>a</name><devices><disk type="block"><source file="/b"/><target dev="vda"/></disk></devices></domain>');
--> changed|/domain/devices/disk/source/@file|/a|/b
SELECT change, path, old, new FROM domain_diff('<domain type="kvm"><name>a</name><devices><graphics type="vnc"/></devices></domain>',
  '<domain type="kvm"><name>a</name><devices><graphics type="spice"/></devices></domain>');
--> changed|/domain/devices/graphics/@type|vnc|spice
-- In a chain, the whole way.
SELECT change, path, old, new FROM domain_diff('<domain type="kvm"><name>a</name><devices><disk type="file"><target dev="vda"/><backingStore type="file"><source file="/a"/><backingStore type="block"><source dev="/b"/></backingStore></backingStore></disk></devices></domain>',
  '<domain type="kvm"><name>a</name><devices><disk type="file"><target dev="vda"/><backingStore type="file"><source file="/c"/><backingStore type="block"><source dev="/d"/></backingStore></backingStore></disk></devices></domain>');
--> changed|/domain/devices/disk/backingStore/source/@file|/a|/c
--> changed|/domain/devices/disk/backingStore/backingStore/source/@dev|/b|/d
SELECT change, path, old, new FROM domain_diff('<domain type="lxc"><name>a</name><idmap><uid start="0" target="1" count="1"/><gid start="0" target="1" count="1"/></idmap></domain>',
  '<domain type="lxc"><name>a</name><idmap><uid start="0" target="1" count="1"/><gid start="0" target="2" count="1"/></idmap></domain>');
--> changed|/domain/idmap/gid/@target|1|2
-- What applications keep has names of its own; a flag is its element.
SELECT change, path, old, new FROM domain_diff('<domain type="kvm"><name>a</name><metadata><a:b xmlns:a="u">1</a:b></metadata><devices><disk type="file"><target dev="vda"/></disk></devices></domain>',
  '<domain type="kvm"><name>a</name><metadata><a:b xmlns:a="u">2</a:b></metadata><devices><disk type="file"><target dev="vda"/><readonly/></disk></devices></domain>');
--> changed|/domain/metadata/a:b|<a:b xmlns:a="u">1</a:b>
--> |<a:b xmlns:a="u">2</a:b>
-->
--> added|/domain/devices/disk/readonly||1
-- Each is one of the paths of xml_leaves().
CREATE TEMP TABLE d AS SELECT readfile('@DOCUMENTS@/web.xml') AS web;
SELECT path FROM d, domain_diff(web, replace(replace(web, '''4''', '''5'''), '/var/', '/srv/')) AS x WHERE change = 'changed' AND NOT EXISTS (SELECT 1 FROM xml_leaves(web) AS l WHERE l.path = x.path);
