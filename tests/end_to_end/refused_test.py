#!/usr/bin/env python3
"""What the rules of core/catalog/refused refuse although libvirt's grammar accepts it, a real libvirtd refuses in the
same words.

    refused_test.py EXAMPLES EXTENSION    run by `isolated`; EXAMPLES prints the rules' examples as JSON
"""
import json
import sys

from hypervisor import FOLDER, Daemons, empty_hypervisor, run, virsh, write

examples = json.loads(run(sys.argv[1]).stdout)
daemons = Daemons()
empty_hypervisor(daemons)
# Other releases of libvirt word some messages differently.
same_words = '9.0' in virsh('version')
faults = []
for example in examples:
    path = write('example.xml', example['xml'])
    said = run('sqlite3', '-batch', ':memory:', '-cmd', f'.load {sys.argv[2].removesuffix(".so")}', f"SELECT domain_validate(readfile('{path}'))").stdout
    if not said.strip():
        faults.append(f'domain_validate() says nothing of\n{example["xml"]}')
    defined = run('virsh', '-q', '-c', 'qemu:///system', 'define', path, check=False)
    refused = defined
    if not defined.returncode:
        name = virsh('list', '--all', '--name').split('\n')[0]
        if example['at_start']:
            refused = run('virsh', '-q', '-c', 'qemu:///system', 'start', name, check=False)
            if not refused.returncode:
                virsh('destroy', name)
        virsh('undefine', name, '--nvram')
    if not refused.returncode:
        faults.append(f'libvirt takes\n{example["xml"]}')
    elif example['at_start'] and defined.returncode:
        faults.append(f'libvirt does not define\n{example["xml"]}{defined.stderr}')
    elif same_words and example['message'] not in refused.stderr:
        faults.append(f'not "{example["message"]}" but\n{refused.stderr}of\n{example["xml"]}')
daemons.stop_all()
print('\n'.join(faults))
print(f'{len(examples)} examples, {len(faults)} faults')
sys.exit(1 if faults or len(examples) < 50 else 0)
