"use strict";
// Searching, filtering, sorting, long lists, copying. Whatever it shows is in the page already and was text there; it makes no
// markup of anything. Without it all is shown.

document.documentElement.classList.add("js");

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const counted = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");

function announce(text) {
  document.getElementById("announcement").textContent = text;
}

/** A list of which only the first items are shown: rows of a table, or items of a ul. */
class LongList {
  constructor(element) {
    this.element = element;
    this.body = element.tBodies ? element.tBodies[0] : element;
    this.items = [...this.body.children];
    this.matching = this.items;
    this.step = this.limit = Number(element.dataset.first) || Infinity;
    this.rest = document.querySelector(`.rest[data-for="${element.id}"]`);
    this.rest?.querySelector(".more").addEventListener("click", () => this.extend(this.limit + this.step));
    this.rest?.querySelector(".all").addEventListener("click", () => this.extend(Infinity));
  }

  extend(limit) {
    const first = this.matching[this.limit];
    this.limit = limit;
    this.show();
    if (this.rest.hidden && first) { // the button that had the focus is gone: on with what it brought
      first.tabIndex = -1;
      first.focus({ preventScroll: true });
    }
  }

  /** Hides what does not match and what is beyond the limit. */
  show() {
    const matching = new Set(this.matching);
    for (const item of this.items) {
      if (item.hidden === matching.has(item)) item.hidden = !item.hidden;
    }
    this.matching.forEach((item, index) => item.classList.toggle("beyond", index >= this.limit));
    if (this.rest) {
      this.rest.hidden = this.matching.length <= this.limit;
      const left = Math.min(this.step, this.matching.length - this.limit);
      this.rest.querySelector(".more").textContent = `Show ${left} more`;
      this.rest.querySelector(".all").textContent = `Show all ${counted(this.matching.length)}`;
    }
  }
}

/** A table whose columns sort it, and whose form, if it has one, chooses its rows. */
class Table extends LongList {
  constructor(element) {
    super(element);
    for (const [column, head] of [...element.tHead.rows[0].cells].entries()) {
      if ("sort" in head.dataset) this.offerSorting(head, column);
    }
    this.form = document.querySelector(`form[data-for="${element.id}"]`);
    if (this.form) this.offerChoosing();
  }

  offerSorting(head, column) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      this.sort(column, descending);
      announce(`Sorted by ${button.textContent}, ${descending ? "descending" : "ascending"}`);
    });
  }

  /** By what a cell stands for, if it says so, otherwise by its text. What has nothing to say comes last either way. */
  sort(column, descending) {
    const rows = this.items.map((row, index) => {
      const cell = row.cells[column];
      const text = cell.textContent.trim();
      const value = cell.dataset.value;
      return { row, index, text, number: value === undefined ? NaN : Number(value), void: text === "–" };
    });
    const sign = descending ? -1 : 1;
    rows.sort((one, other) =>
      one.void - other.void
      || sign * (Number.isNaN(one.number) ? byName.compare(one.text, other.text) : one.number - other.number)
      || one.index - other.index);
    this.items = rows.map(({ row }) => row);
    const matching = new Set(this.matching);
    this.matching = this.items.filter((row) => matching.has(row));
    this.body.append(...this.items);
    this.show();
  }

  offerChoosing() {
    let timer;
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", (event) => {
      clearTimeout(timer);
      timer = setTimeout(() => this.choose(), event.target.type === "search" ? 80 : 0);
    });
    this.form.addEventListener("reset", () => setTimeout(() => this.choose()));
    if ([...this.form.elements].some((field) => field.value)) this.choose(); // a browser that remembers fields
  }

  choose() {
    const words = this.form.querySelector("input").value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = [...this.form.querySelectorAll("select")]
      .filter((select) => select.value)
      .map((select) => [Number(select.dataset.column), select.value.trim()]);
    this.texts ??= new Map(this.items.map((row) => [row, row.textContent.toLowerCase()]));
    this.matching = this.items.filter((row) =>
      wanted.every(([column, value]) => keyOf(row.cells[column]) === value)
      && words.every((word) => this.texts.get(row).includes(word)));
    this.limit = this.step;
    this.show();
    this.tell();
  }

  tell() {
    const [count, all] = [this.matching.length, this.items.length];
    const things = this.element.dataset.things;
    const text = count === all ? `${counted(all)} ${things}` : `${counted(count)} of ${counted(all)} ${things}`;
    document.getElementById(`${this.element.id}-rows`).textContent = text;
    announce(text);
  }

  /** As if the reader had chosen the status alone. */
  chooseOnly(status) {
    this.form.reset();
    this.form.querySelector('select[data-column="0"]').value = status;
    this.choose();
  }
}

function keyOf(cell) {
  return (cell.dataset.key ?? cell.textContent).trim();
}

async function copy(button) {
  const code = button.previousElementSibling;
  let copied = true;
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch { // where the page may not write to the clipboard by itself
    getSelection().selectAllChildren(code);
    copied = document.execCommand("copy");
  }
  button.textContent = copied ? "Copied" : "Selected";
  announce(copied ? "Command copied" : "Command selected");
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}

document.addEventListener("DOMContentLoaded", () => {
  for (const list of document.querySelectorAll("ul[data-first]")) new LongList(list);
  const tables = new Map([...document.querySelectorAll("table")].map((table) => [table.id, new Table(table)]));
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button.copy");
    const link = target.closest("a[data-status]");
    if (button) copy(button);
    if (link) tables.get("targets-table").chooseOnly(link.dataset.status);
  });
  // Paper shows what is folded, also where CSS alone can't unfold it.
  const folded = () => document.querySelectorAll("details:not([open])");
  let unfolded = [];
  addEventListener("beforeprint", () => { unfolded = [...folded()]; for (const each of unfolded) each.open = true; });
  addEventListener("afterprint", () => { for (const each of unfolded) each.open = false; });
});
