// The line of points: explained as it is typed, completed at the caret, added with Enter. The server reads the line,
// so that there is one grammar; the rows are added through rows.js.
import { addPoint, points, together } from "./rows.js";

const WAIT_MS = 120;
const POINTS_AT_MOST = 60;

class QuickEntry {
  constructor(part) {
    this.part = part;
    this.form = part.closest("form");
    this.input = part.querySelector("input");
    this.list = part.querySelector("[role=listbox]");
    this.said = part.querySelector("#quick-said");
    this.error = part.querySelector("#quick-error");
    this.asked = 0;
    this.offered = [];
    this.active = -1;
    this.start();
  }

  start() {
    const { input, list } = this;
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) {
      input.setAttribute(name, value);
    }
    input.setAttribute("aria-describedby", `quick-error quick-said ${input.id}_helptext`);
    input.addEventListener("input", () => this.soon());
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("blur", () => this.close());
    // A press on the list must not take the focus from the line.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take([...list.children].indexOf(option));
    });
    this.part.querySelector("[data-quick-add]").addEventListener("click", () => this.add());
  }

  soon() {
    clearTimeout(this.timer);
    // What is offered belongs to an older line: no key may take it any more.
    this.choose(-1);
    this.complain([]);
    this.timer = setTimeout(() => this.look(), WAIT_MS);
  }

  async ask() {
    this.asked += 1;
    const number = this.asked;
    const body = new URLSearchParams({ line: this.input.value, caret: String(this.input.selectionStart ?? 0) });
    const headers = { "X-CSRFToken": this.form.querySelector("[name=csrfmiddlewaretoken]").value };
    const response = await fetch(this.part.dataset.url, { method: "POST", body, headers, redirect: "error" });
    if (!response.ok) throw new Error(String(response.status));
    const answer = await response.json();
    return number === this.asked ? answer : null;
  }

  async look() {
    const answer = await this.ask().catch(() => null);
    if (!answer) return;
    this.said.textContent = answer.said.join("; ");
    this.offer(document.activeElement === this.input ? answer.completions : []);
  }

  async add() {
    clearTimeout(this.timer);
    this.close();
    let answer;
    try {
      answer = await this.ask();
    } catch {
      this.complain([this.part.dataset.wordsOffline]);
      return;
    }
    if (!answer) return;
    if (answer.refused.length > 0) {
      this.said.textContent = answer.said.join("; ");
      this.complain(answer.refused);
    } else if (points(this.form).length + answer.rows.length > POINTS_AT_MOST) {
      this.complain([this.part.dataset.wordsFull]);
    } else if (answer.rows.length > 0) {
      this.input.value = "";
      together(this.form, () => answer.rows.forEach((row) => addPoint(this.form, row)));
      this.said.textContent = `${this.part.dataset.wordsAdded} ${answer.said.join("; ")}`;
    }
  }

  complain(sentences) {
    this.error.textContent = sentences.join(" ");
    this.input.setAttribute("aria-invalid", String(sentences.length > 0));
  }

  // A nerve that was begun is ready to be taken; a side is only ever chosen on purpose.
  offer(found) {
    this.offered = found;
    this.list.replaceChildren(...found.map((row, index) => {
      const option = document.createElement("li");
      option.role = "option";
      option.id = `quick-option-${index}`;
      option.textContent = row.label;
      return option;
    }));
    this.list.hidden = found.length === 0;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    const isSide = found.length > 0 && found[0].start === found[0].end;
    this.choose(isSide ? -1 : 0);
  }

  choose(index) {
    const options = [...this.list.children];
    this.active = index < options.length ? index : -1;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === this.active)));
    if (this.active < 0) this.input.removeAttribute("aria-activedescendant");
    else {
      this.input.setAttribute("aria-activedescendant", options[this.active].id);
      options[this.active].scrollIntoView({ block: "nearest" });
    }
  }

  take(index) {
    const { text, start, end } = this.offered[index];
    const line = this.input.value;
    const rest = line.slice(end).trimStart();
    this.input.value = `${line.slice(0, start)}${text} ${rest}`;
    const caret = start + text.length + 1;
    this.input.setSelectionRange(caret, caret);
    this.close();
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  close() {
    this.offer([]);
  }

  onKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const isOpen = !this.list.hidden;
    const count = this.offered.length;
    if (event.key === "Enter") {
      event.preventDefault();
      if (isOpen && this.active >= 0) this.take(this.active);
      else this.add();
    } else if (isOpen && event.key === "Tab" && !event.shiftKey && this.active >= 0) {
      event.preventDefault();
      this.take(this.active);
    } else if (isOpen && event.key === "ArrowDown") {
      event.preventDefault();
      this.choose((this.active + 1) % count);
    } else if (isOpen && event.key === "ArrowUp") {
      event.preventDefault();
      this.choose((this.active <= 0 ? count : this.active) - 1);
    } else if (isOpen && event.key === "Escape") {
      event.preventDefault();
      this.close();
    }
  }
}

export function startQuickEntry(part) {
  return new QuickEntry(part);
}
