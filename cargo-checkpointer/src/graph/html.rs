//! The graph as one page without network access: library, data and positions are in it, and its content security policy
//! lets run exactly these scripts.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::layout::layered;
use super::{Drawing, text};

const CSS: &str = include_str!("../../assets/graph.css");
const LIBRARY: &str = include_str!("../../assets/cytoscape.min.js");
const LIBRARY_LICENSE: &str = include_str!("../../assets/cytoscape.LICENSE");
const SCRIPT: &str = include_str!("../../assets/graph.js");

/// What the page's script reads, with short names: it stands there once a node.
#[derive(Serialize)]
struct Data<'d> {
    nodes: Vec<Node<'d>>,
    modules: Vec<Module<'d>>,
    /// From, to, from, to, …
    edges: Vec<u32>,
    lit: &'d [(u32, u32)],
    focus: Option<u32>,
}

#[derive(Serialize)]
struct Node<'d> {
    id: &'d str,
    /// Its short name.
    n: &'d str,
    /// Its module, by place.
    m: u32,
    /// Its kind.
    k: &'d str,
    /// File and line.
    f: String,
    /// Its layer.
    l: u32,
    /// Its place in the layer.
    o: u32,
    /// Whether it is checkpointed.
    c: u8,
    /// How many results it has.
    e: u64,
    /// Why it is stale.
    s: &'d str,
}

#[derive(Serialize)]
struct Module<'d> {
    n: &'d str,
    l: u32,
    o: u32,
}

/// The page.
pub(super) fn page(drawing: &Drawing, title: &str) -> String {
    let data = serde_json::to_string(&data(drawing)).unwrap_or_default();
    // Inside of a script element nothing but `<` can end it.
    let data = data.replace('<', "\\u003c");
    let policy = format!(
        "default-src 'none'; script-src {} {}; style-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        hash(LIBRARY),
        hash(SCRIPT),
        hash(CSS)
    );
    let title = escaped(title);
    let table = table(drawing);
    let license = LIBRARY_LICENSE.replace("-->", "");
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}: dependencies</title>\n<style id=\"__________cytoscape_stylesheet\">{CSS}</style>\n</head>\n<body>\n\
         <header>\n<h1>{title}</h1>\n\
         <input id=\"search\" type=\"search\" placeholder=\"Find an item ( / )\" aria-label=\"Find an item\">\n\
         <label>steps <input id=\"depth\" type=\"number\" min=\"1\" max=\"20\" value=\"2\"></label>\n\
         <button id=\"whole\" type=\"button\">Modules</button>\n<button id=\"all\" type=\"button\">Everything</button>\n\
         <button id=\"switch\" type=\"button\" aria-pressed=\"false\">Graph</button>\n\
         <button id=\"dark\" type=\"button\">Dark</button>\n<span id=\"status\" role=\"status\"></span>\n</header>\n\
         <main>\n<div id=\"graph\" class=\"hidden\" tabindex=\"0\" role=\"application\" \
         aria-label=\"Dependency graph: arrow keys move, Enter focuses, Escape shows the modules, t shows the table\"></div>\n\
         <aside id=\"details\" class=\"hidden\" aria-live=\"polite\"><p>Choose an item. Arrow keys move, Enter focuses, \
         Escape shows the modules, / finds, t shows the table, d turns the light off.</p></aside>\n\
         <div id=\"table\">{table}</div>\n</main>\n\
         <script id=\"data\" type=\"application/json\">{data}</script>\n\
         <!-- cytoscape.js, {license} -->\n<script>{LIBRARY}</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )
}

fn data(drawing: &Drawing) -> Data<'_> {
    let mut names: BTreeMap<&str, u32> = drawing
        .nodes
        .iter()
        .map(|node| (node.module.as_str(), 0))
        .collect();
    for (at, place) in names.values_mut().enumerate() {
        *place = at as u32;
    }
    let module = |node: u32| names[drawing.nodes[node as usize].module.as_str()];
    let mut between: Vec<(u32, u32)> = drawing
        .edges
        .iter()
        .map(|(from, to)| (module(*from), module(*to)))
        .filter(|(from, to)| from != to)
        .collect();
    between.sort_unstable();
    between.dedup();
    let module_spots = layered(names.len(), &between);
    let spots = layered(drawing.nodes.len(), &drawing.edges);
    let nodes = drawing.nodes.iter().zip(&spots).map(|(node, spot)| Node {
        id: &node.id,
        n: text::name(node),
        m: names[node.module.as_str()],
        k: &node.kind,
        f: place(node),
        l: spot.layer,
        o: spot.order,
        c: u8::from(node.checkpointed),
        e: node.entries,
        s: &node.stale,
    });
    Data {
        nodes: nodes.collect(),
        modules: names
            .keys()
            .zip(&module_spots)
            .map(|(name, spot)| Module {
                n: name,
                l: spot.layer,
                o: spot.order,
            })
            .collect(),
        edges: drawing
            .edges
            .iter()
            .flat_map(|(from, to)| [*from, *to])
            .collect(),
        lit: &drawing.lit,
        focus: drawing.focus,
    }
}

fn place(node: &super::Node) -> String {
    match node.line {
        0 => String::new(),
        line => format!("{}:{line}", node.file),
    }
}

/// What stands there where scripts don't run, and for who reads rather than looks.
fn table(drawing: &Drawing) -> String {
    let mut out = String::from(
        "<table><thead><tr><th>item</th><th>kind</th><th>place</th><th>results</th></tr></thead><tbody>",
    );
    for node in &drawing.nodes {
        let results = match (&node.stale, node.checkpointed) {
            (stale, _) if !stale.is_empty() => {
                format!("<span class=\"stale\">{}</span>", escaped(stale))
            }
            (_, true) => node.entries.to_string(),
            _ => String::new(),
        };
        out += &format!(
            "\n<tr><td>{}</td><td>{}</td><td>{}</td><td>{results}</td></tr>",
            escaped(&node.id),
            escaped(&node.kind),
            escaped(&place(node))
        );
    }
    out + "\n</tbody></table>"
}

/// A source that the policy allows: by its content.
fn hash(source: &str) -> String {
    format!("'sha256-{}'", base64(&Sha256::digest(source.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .fold(0u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for at in 0..4 {
            out.push(match at <= chunk.len() {
                true => char::from(DIGITS[(word >> (18 - 6 * at) & 63) as usize]),
                false => '=',
            });
        }
    }
    out
}

fn escaped(text: &str) -> String {
    let text = crate::output::clean(text);
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_as_everywhere() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn hostile_names_are_text() {
        let hostile = "a::</script><script>alert(1)</script><img src=x onerror=alert(1)>";
        let drawing = Drawing {
            nodes: vec![super::super::Node {
                id: hostile.to_owned(),
                module: "\"><b>".to_owned(),
                stale: "<i>".to_owned(),
                ..Default::default()
            }],
            ..Drawing::default()
        };
        let page = page(&drawing, "<u>");
        assert_eq!(page.matches("</script>").count(), 3);
        for forbidden in ["<img", "<b>", "<i>", "<u>", "<script>alert"] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn nothing_is_fetched_from_anywhere() {
        let page = page(&Drawing::default(), "x");
        for forbidden in ["src=\"", "href=\"", "@import", "url("] {
            let ours = page.replace(LIBRARY, "");
            assert!(!ours.contains(forbidden), "{forbidden}");
        }
    }
}
