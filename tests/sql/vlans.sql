-- The recipe vlans: of the card, the port group and the network the nearest one's tags count (virNetworkPortDef's vlan in
-- networkAllocatePort() of libvirt's src/network/bridge_driver.c).
SELECT virtsql_init() > 0;
--> 1
SELECT network_import('<network><name>net</name><vlan><tag id="1"/></vlan><portgroup name="red"><vlan><tag id="2"/></vlan></portgroup><portgroup name="plain"/></network>', 'h') > 0;
--> 1
CREATE TEMP TABLE card(mac, source);
INSERT INTO card VALUES ('52:54:00:00:00:01', '<source network="net"/>'), ('52:54:00:00:00:02', '<source network="net" portgroup="red"/>'),
  ('52:54:00:00:00:03', '<source network="net" portgroup="plain"/>'), ('52:54:00:00:00:04', '<source network="net" portgroup="red"/><vlan><tag id="3"/></vlan>'),
  ('52:54:00:00:00:05', '<source network="net"/><vlan><tag id="3"/></vlan>'), ('52:54:00:00:00:06', '<source network="other"/>');
SELECT domain_import('<domain type="kvm"><name>a</name><memory>1</memory><devices>' || group_concat('<interface type="network"><mac address="' || mac || '"/>' || source || '</interface>', '')
  || '</devices></domain>', 'h') IS NOT NULL FROM card;
--> 1
.parameter set :vlan NULL
.read @RECIPES@/vlans.sql
--> 1|h|a|52:54:00:00:00:01|network net
--> 1|h|a|52:54:00:00:00:03|network net
--> 2|h|a|52:54:00:00:00:02|port group red
--> 3|h|a|52:54:00:00:00:04|card
--> 3|h|a|52:54:00:00:00:05|card
.parameter set :vlan 2
.read @RECIPES@/vlans.sql
--> 2|h|a|52:54:00:00:00:02|port group red
