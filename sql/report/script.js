// The page works without this: it adds sorting and filtering to the table of the VMs, and opens what a link leads to and what is printed.
(() => {
  const table = document.getElementById('vms');
  if (table) {
    const rows = [...table.tBodies[0].rows];
    const filter = document.getElementById('filter');
    const shown = document.getElementById('shown');
    filter.closest('.tools').hidden = false;
    const apply = () => {
      const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        // A rule's name is no_guest_agent in SQL, and no guest agent here.
        row.hidden = !words.every((word) => text.includes(word) || text.includes(word.replaceAll('_', ' ')));
        if (!row.hidden) count += 1;
      }
      shown.textContent = words.length ? `${count} of ${rows.length}` : '';
    };
    filter.addEventListener('input', apply);
    const value = (row, column) => row.cells[column].dataset.value ?? row.cells[column].textContent;
    const compare = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' }).compare;
    [...table.tHead.rows[0].cells].forEach((cell, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = cell.textContent;
      cell.replaceChildren(button);
      button.addEventListener('click', () => {
        const up = cell.getAttribute('aria-sort') !== 'ascending';
        for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
        cell.setAttribute('aria-sort', up ? 'ascending' : 'descending');
        rows.sort((a, b) => (up ? 1 : -1) * compare(value(a, column), value(b, column)));
        table.tBodies[0].append(...rows);
      });
    });
  }
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let at = target; at; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener('hashchange', open);
  open();
  // Of closed details, browsers print the summary alone. The style sheet opens them on paper; this is for browsers that cannot do it so.
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = [...document.querySelectorAll('details:not([open])')];
    for (const details of closed) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of closed) details.open = false;
  });
})();
