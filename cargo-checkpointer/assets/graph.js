// The graph page. Positions come as layers and orders from the file; here they only become coordinates.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { nodes, modules, edges, lit } = data;
  const at = (id) => document.getElementById(id);
  const out = nodes.map(() => []), into = nodes.map(() => []);
  for (let i = 0; i < edges.length; i += 2) { out[edges[i]].push(edges[i + 1]); into[edges[i + 1]].push(edges[i]); }
  const litEdges = new Set(lit.map(([a, b]) => a + ">" + b));
  const litNodes = new Set(lit.flat());
  const members = modules.map(() => []);
  nodes.forEach((node, i) => members[node.m].push(i));
  const view = { open: new Set(), focus: data.focus, depth: 2, selected: null };
  // Of a single crate its name is said once, at the top.
  const crates = new Set(modules.filter((module) => module.n.includes("::")).map((module) => module.n.split("::")[0]));
  const titleOf = (m) => (crates.size === 1 ? modules[m].n.replace(/^[^:]*::/, "") : modules[m].n);
  const most = 600;
  const cellWidth = 170, cellHeight = 64;

  const styles = () => {
    const css = getComputedStyle(document.documentElement);
    const colour = (name) => css.getPropertyValue(name).trim();
    return [
      { selector: "node", style: { label: "data(label)", shape: "round-rectangle", width: 150, height: 34, "font-size": 12, "text-valign": "center",
        "text-max-width": 142, "text-wrap": "ellipsis", "background-color": colour("--panel"), "border-width": 1, "border-color": colour("--soft"), color: colour("--ink") } },
      { selector: "node.module", style: { "font-weight": "bold", "border-style": "double", "border-width": 4 } },
      { selector: ":parent", style: { "text-valign": "top", "background-opacity": 0.5, "border-style": "dashed", "border-width": 1, padding: 12, "text-max-width": 400 } },
      { selector: "node.checkpointed", style: { "border-color": colour("--accent"), "border-width": 3 } },
      { selector: "node.stale", style: { "border-color": colour("--stale"), "border-width": 4, color: colour("--stale") } },
      { selector: "node.selected", style: { "background-color": colour("--accent"), color: colour("--ground") } },
      { selector: "edge", style: { width: 1, "curve-style": "straight", opacity: 0.6, "line-color": colour("--soft"), "target-arrow-color": colour("--soft"), "target-arrow-shape": "triangle", "arrow-scale": 0.8 } },
      // One that passes other rows goes around what stands there.
      { selector: "edge.long", style: { "curve-style": "unbundled-bezier", "control-point-distances": 170, "control-point-weights": 0.5 } },
      { selector: "edge.lit", style: { width: 4, "line-color": colour("--stale"), "target-arrow-color": colour("--stale"), opacity: 1, "z-index": 9 } },
    ];
  };

  // Rows of blocks, each row as high as its highest block, centred. A layer that would be too wide to read takes several.
  const pack = (blocks) => {
    const layers = new Map();
    for (const block of blocks) layers.set(block.layer, [...(layers.get(block.layer) || []), block]);
    const area = blocks.reduce((sum, block) => sum + block.width * (block.height + 40), 0);
    const widest = Math.max(7 * cellWidth, Math.sqrt(area * 1.6));
    const rows = [];
    for (const layer of [...layers.keys()].sort((a, b) => a - b)) {
      let row = [], width = 0;
      for (const block of layers.get(layer).sort((a, b) => a.order - b.order)) {
        if (row.length && width + block.width > widest) { rows.push(row); row = []; width = 0; }
        row.push(block);
        width += block.width;
      }
      rows.push(row);
    }
    let top = 0;
    for (const row of rows) {
      const width = row.reduce((sum, block) => sum + block.width, 0);
      const height = Math.max(...row.map((block) => block.height));
      let left = -width / 2;
      for (const block of row) {
        block.place(left, top);
        left += block.width;
      }
      top += height + 40;
    }
  };

  const nodeOf = (i, parent) => {
    const node = nodes[i];
    const classes = [node.c ? "checkpointed" : "", node.s || litNodes.has(i) ? "stale" : "", view.selected === i ? "selected" : ""];
    return { group: "nodes", data: { id: "n" + i, label: node.n, parent }, classes: classes.join(" "), position: { x: 0, y: 0 } };
  };

  const rowsOf = (items) => {
    const layers = [...new Set(items.map((i) => nodes[i].l))].sort((a, b) => a - b);
    return layers.map((layer) => items.filter((i) => nodes[i].l === layer).sort((a, b) => nodes[a].o - nodes[b].o));
  };

  // A few items side by side, row after row, so that no row becomes too long.
  const grid = (items) => {
    const widest = Math.max(6, Math.ceil(Math.sqrt(items.length)));
    const rows = [];
    for (const row of rowsOf(items)) for (let i = 0; i < row.length; i += widest) rows.push(row.slice(i, i + widest));
    return rows;
  };

  const focused = () => {
    const seen = new Map([[view.focus, 0]]);
    for (const next of [out, into]) {
      let open = [view.focus];
      for (let step = 1; step <= view.depth; step++) {
        const further = [];
        for (const i of open) for (const j of next[i]) if (!seen.has(j) && seen.size < most) { seen.set(j, step); further.push(j); }
        open = further;
      }
    }
    return [...seen.keys()];
  };

  let cy = null;
  const draw = () => {
    const elements = [], shown = new Map();
    if (view.focus !== null) {
      const items = focused();
      grid(items).forEach((row, y) => row.forEach((i, x) => {
        const element = nodeOf(i);
        element.position = { x: (x - (row.length - 1) / 2) * cellWidth, y: y * cellHeight * 1.4 };
        elements.push(element);
        shown.set(i, "n" + i);
      }));
    } else {
      const blocks = modules.map((module, m) => {
        if (!view.open.has(m)) {
          const stale = members[m].some((i) => nodes[i].s || litNodes.has(i));
          const element = { group: "nodes", data: { id: "m" + m, label: titleOf(m) + " (" + members[m].length + ")" }, classes: "module" + (stale ? " stale" : ""), position: { x: 0, y: 0 } };
          elements.push(element);
          for (const i of members[m]) shown.set(i, "m" + m);
          return { layer: module.l, order: module.o, width: cellWidth, height: cellHeight, place: (x, y) => { element.position = { x: x + cellWidth / 2, y }; } };
        }
        elements.push({ group: "nodes", data: { id: "m" + m, label: titleOf(m) }, classes: "open" });
        const rows = grid(members[m]);
        const children = rows.map((row) => row.map((i) => nodeOf(i, "m" + m)));
        children.flat().forEach((child) => { elements.push(child); shown.set(Number(child.data.id.slice(1)), child.data.id); });
        const width = Math.max(...rows.map((row) => row.length)) * cellWidth + 40;
        return { layer: module.l, order: module.o, width, height: rows.length * cellHeight + 30, place: (left, top) => {
          children.forEach((row, y) => row.forEach((child, x) => {
            child.position = { x: left + width / 2 + (x - (row.length - 1) / 2) * cellWidth, y: top + y * cellHeight + 20 };
          }));
        } };
      });
      pack(blocks);
    }
    const drawn = new Map();
    for (let i = 0; i < edges.length; i += 2) {
      const from = shown.get(edges[i]), to = shown.get(edges[i + 1]);
      if (!from || !to || from === to) continue;
      const key = from + ">" + to;
      drawn.set(key, drawn.get(key) || litEdges.has(edges[i] + ">" + edges[i + 1]));
    }
    const heights = new Map(elements.filter((element) => element.position).map((element) => [element.data.id, element.position.y]));
    for (const [key, isLit] of drawn) {
      const [source, target] = key.split(">");
      const isLong = Math.abs(heights.get(source) - heights.get(target)) > 2 * cellHeight + 30;
      elements.push({ group: "edges", data: { id: key, source, target }, classes: (isLit ? "lit" : "") + (isLong ? " long" : "") });
    }
    if (!cy) {
      cy = cytoscape({ container: at("graph"), style: styles(), layout: { name: "preset" }, elements, minZoom: 0.02, maxZoom: 4, pixelRatio: 1, hideEdgesOnViewport: true });
      cy.on("tap", "node", (event) => choose(event.target.id()));
      cy.on("dbltap", "node", (event) => enter(event.target.id()));
    } else {
      cy.batch(() => { cy.elements().remove(); cy.add(elements); });
    }
    cy.fit(undefined, 30);
    if (cy.zoom() > 1.4) { cy.zoom(1.4); cy.center(); }
    const count = cy.nodes().length;
    at("status").textContent = count + " shown of " + nodes.length + " items" + (view.focus === null ? "" : ", " + view.depth + " steps around " + nodes[view.focus].n);
    document.body.dataset.shown = count;
    document.body.dataset.lit = cy.edges(".lit").length;
    document.body.dataset.focus = view.focus === null ? "" : nodes[view.focus].id;
    at("whole").classList.toggle("hidden", view.focus === null && view.open.size === 0);
  };

  const button = (text, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  };
  const add = (parent, tag, text, kind) => {
    const made = parent.appendChild(document.createElement(tag));
    if (text) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };
  const list = (panel, title, items) => {
    if (!items.length) return;
    add(panel, "h3", title + " (" + items.length + ")");
    const ul = add(panel, "ul");
    for (const i of items.slice(0, 200)) add(ul, "li").appendChild(button(nodes[i].id, () => { if (view.focus !== null) focus(i); else select(i); }));
  };
  const select = (i) => {
    view.selected = i;
    const panel = at("details"), node = nodes[i];
    panel.replaceChildren();
    add(panel, "h2", node.id);
    add(panel, "div", node.k + (node.f ? "  " + node.f : ""));
    if (node.c) add(panel, "div", node.e + " stored results" + (node.s ? "" : " of this code"));
    if (node.s) add(panel, "div", node.s, "stale");
    panel.appendChild(button("Focus", () => focus(i))).id = "focus";
    list(panel, "depends on", out[i]);
    list(panel, "used by", into[i]);
    if (cy) {
      cy.nodes(".selected").removeClass("selected");
      cy.getElementById("n" + i).addClass("selected");
    }
    document.body.dataset.selected = node.id;
  };
  const choose = (id) => { if (id[0] === "n") select(Number(id.slice(1))); else enter(id); };
  const enter = (id) => {
    const number = Number(id.slice(1));
    if (id[0] === "n") return focus(number);
    if (view.open.has(number)) view.open.delete(number); else view.open.add(number);
    draw();
  };
  const focus = (i) => { view.focus = i; view.selected = i; draw(); select(i); };
  const whole = () => { view.focus = null; view.open.clear(); draw(); };

  const find = (text) => {
    const wanted = text.trim().toLowerCase();
    if (!wanted) return -1;
    const ends = nodes.findIndex((node) => node.n.toLowerCase() === wanted || node.id.toLowerCase() === wanted);
    return ends >= 0 ? ends : nodes.findIndex((node) => node.id.toLowerCase().includes(wanted));
  };
  at("search").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const i = find(at("search").value);
    if (i < 0) { at("status").textContent = "nothing of that name"; return; }
    showTable(false);
    focus(i);
    at("graph").focus();
  });
  at("depth").addEventListener("change", () => {
    view.depth = Math.min(20, Math.max(1, Number(at("depth").value) || 1));
    if (view.focus !== null) draw();
  });
  at("whole").addEventListener("click", whole);
  at("all").addEventListener("click", () => { view.focus = null; modules.forEach((_, m) => view.open.add(m)); draw(); });
  const showTable = (yes) => {
    at("table").classList.toggle("hidden", !yes);
    at("graph").classList.toggle("hidden", yes);
    at("details").classList.toggle("hidden", yes);
    at("switch").textContent = yes ? "Graph" : "Table";
    at("switch").setAttribute("aria-pressed", String(yes));
    if (!yes && cy) cy.resize();
  };
  at("switch").addEventListener("click", () => showTable(at("table").classList.contains("hidden")));
  const dark = (yes) => {
    document.documentElement.classList.toggle("dark", yes);
    if (cy) cy.style(styles());
  };
  at("dark").addEventListener("click", () => dark(!document.documentElement.classList.contains("dark")));

  // The next node in a direction, of all that are shown.
  const step = (dx, dy) => {
    const here = view.selected === null ? null : cy.getElementById("n" + view.selected);
    if (!here || here.empty()) {
      const first = cy.nodes().filter((node) => node.id()[0] === "n")[0];
      if (first) choose(first.id()); else if (cy.nodes().nonempty()) enter(cy.nodes()[0].id());
      return;
    }
    const from = here.position();
    let best = null, least = Infinity;
    cy.nodes().filter((node) => node.id()[0] === "n").forEach((node) => {
      const x = node.position().x - from.x, y = node.position().y - from.y;
      const along = x * dx + y * dy, aside = Math.abs(x * dy) + Math.abs(y * dx);
      if (along <= 1) return;
      const distance = along + 2 * aside;
      if (distance < least) { least = distance; best = node; }
    });
    if (best) { select(Number(best.id().slice(1))); cy.center(best); }
  };
  const keys = {
    ArrowUp: () => step(0, -1), ArrowDown: () => step(0, 1), ArrowLeft: () => step(-1, 0), ArrowRight: () => step(1, 0),
    Enter: () => { if (view.selected !== null) focus(view.selected); }, Escape: whole,
    "+": () => cy.zoom(cy.zoom() * 1.25), "-": () => cy.zoom(cy.zoom() / 1.25), "0": () => cy.fit(undefined, 30),
    "/": () => at("search").focus(), t: () => at("switch").click(), d: () => at("dark").click(),
  };
  document.addEventListener("keydown", (event) => {
    const tag = event.target.tagName;
    if (tag === "INPUT" || event.ctrlKey || event.metaKey || event.altKey || (tag === "BUTTON" && event.key === "Enter")) return;
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  dark(matchMedia("(prefers-color-scheme: dark)").matches);
  showTable(false);
  draw();
  if (view.focus !== null) select(view.focus);
  document.body.dataset.took = String(Math.round(performance.now()));
  document.body.dataset.ready = "yes";
})();
