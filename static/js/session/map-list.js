// A list of which one option is the active one: arrow keys, Home and End, and the first letters of a name.

export class List {
  /** `told`: onActive(item), onUse(item), onDelete(item). An item is { key, text, group } and whatever else is wanted. */
  constructor(box, told) {
    this.box = box;
    this.told = told;
    this.items = [];
    this.options = new Map();
    this.typed = "";
    box.addEventListener("keydown", (event) => this.#key(event));
    box.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option) return;
      const item = this.items.find((one) => this.options.get(one.key) === option);
      this.choose(item.key);
      this.told.onUse(item);
    });
    // A press brings the focus, and the list must not scroll away under it. It is the mouse event that brings it: after a
    // finger too, and then only when the pointer is up again.
    box.addEventListener("mousedown", () => (this.isPressed = true));
    document.addEventListener("mouseup", () => (this.isPressed = false));
    box.addEventListener("focus", () => {
      if (this.isPressed) return;
      if (this.items.length && !this.active) this.#to(0);
      else if (this.active) this.told.onActive(this.active);
    });
    box.addEventListener("blur", () => this.told.onActive(null));
  }

  get active() {
    return this.items.find((item) => item.key === this.key) ?? null;
  }

  fill(items, emptyText = "") {
    this.items = items;
    this.options.clear();
    const parts = [];
    let group = null;
    let name = null;
    for (const [number, item] of items.entries()) {
      if (item.group !== undefined && item.group !== name) {
        name = item.group;
        group = document.createElement("div");
        group.setAttribute("role", "group");
        group.setAttribute("aria-label", name);
        const title = document.createElement("div");
        title.className = "map-list-title";
        title.setAttribute("aria-hidden", "true");
        title.textContent = name;
        group.append(title);
        parts.push(group);
      }
      const option = this.#option(item, number);
      if (group) group.append(option);
      else parts.push(option);
    }
    this.box.replaceChildren(...parts);
    this.box.toggleAttribute("data-empty", items.length === 0);
    this.box.dataset.emptyText = emptyText;
    this.choose(this.key);
  }

  #option(item, number) {
    const option = document.createElement("div");
    option.id = `${this.box.id}-${number}`;
    option.setAttribute("role", "option");
    option.className = "map-option";
    option.classList.toggle("has-number", item.number !== undefined);
    if (item.number !== undefined) {
      const badge = document.createElement("span");
      badge.className = `map-number num${item.row?.isGhost ? " is-ghost" : ""}`;
      badge.textContent = item.number;
      option.append(badge, " ");
    }
    const text = document.createElement("span");
    text.textContent = item.text;
    option.append(text);
    if (item.note) {
      const note = document.createElement("span");
      note.className = "unit";
      note.textContent = item.note;
      option.append(" ", note);
    }
    option.setAttribute("aria-selected", "false");
    this.options.set(item.key, option);
    return option;
  }

  /** Marks an item without telling anybody. */
  choose(key) {
    this.key = key;
    for (const [one, option] of this.options) option.setAttribute("aria-selected", String(one === key));
    const option = this.options.get(key);
    if (option) this.box.setAttribute("aria-activedescendant", option.id);
    else this.box.removeAttribute("aria-activedescendant");
  }

  #to(number) {
    const item = this.items[Math.min(Math.max(number, 0), this.items.length - 1)];
    if (!item) return;
    this.choose(item.key);
    this.#scrollTo(this.options.get(item.key));
    this.told.onActive(item);
  }

  // Within the list only: scrollIntoView would move the page too.
  #scrollTo(option) {
    const top = option.offsetTop - this.box.offsetTop;
    if (top < this.box.scrollTop) this.box.scrollTop = top - 32;
    const below = top + option.offsetHeight - this.box.clientHeight;
    if (below > this.box.scrollTop) this.box.scrollTop = below + 8;
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.items.indexOf(this.active);
    const moves = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: this.items.length - 1,
      PageDown: at + 10,
      PageUp: at - 10,
    };
    if (event.key in moves) this.#to(moves[event.key]);
    else if ((event.key === "Enter" || event.key === " ") && this.active) this.told.onUse(this.active);
    else if ((event.key === "Delete" || event.key === "Backspace") && this.active) this.told.onDelete?.(this.active);
    else if (event.key.length === 1 && event.key !== "/" && event.key !== "?") this.#spell(event.key, at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #spell(letter, at) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.typed = ""), 700);
    this.typed += letter.toLowerCase();
    const order = [...this.items.keys()].map((number) => (number + at + (this.typed.length > 1 ? 0 : 1)) % this.items.length);
    const found = order.find((number) => this.items[number]?.text.toLowerCase().startsWith(this.typed));
    if (found !== undefined) this.#to(found);
  }
}
