//! The graph for Graphviz and for Mermaid.

use std::fmt::Write as _;

use super::{Drawing, Node};

/// Graphviz's language.
pub(super) fn dot(drawing: &Drawing) -> String {
    let mut out = String::from(
        "digraph checkpointer {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n",
    );
    for (at, node) in drawing.nodes.iter().enumerate() {
        let colour = match (node.stale.is_empty(), node.checkpointed) {
            (false, _) => ", color=red, penwidth=2",
            (true, true) => ", color=blue, penwidth=2",
            _ => "",
        };
        // Writing to a String can't fail.
        let _ = writeln!(
            out,
            "  n{at} [label={}, tooltip={}{colour}];",
            quoted(name(node)),
            quoted(&node.id)
        );
    }
    for (from, to) in &drawing.edges {
        let style = if drawing.lit.contains(&(*from, *to)) {
            " [color=red, penwidth=2]"
        } else {
            ""
        };
        let _ = writeln!(out, "  n{from} -> n{to}{style};");
    }
    out + "}\n"
}

/// Mermaid's language, which GitHub draws.
pub(super) fn mermaid(drawing: &Drawing) -> String {
    let mut out = String::from("flowchart LR\n");
    for (at, node) in drawing.nodes.iter().enumerate() {
        let _ = writeln!(out, "  n{at}[\"{}\"]", entities(name(node)));
    }
    for (from, to) in &drawing.edges {
        let _ = writeln!(out, "  n{from} --> n{to}");
    }
    let class = |wanted: fn(&Node) -> bool| -> String {
        let places = drawing
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| wanted(node));
        places
            .map(|(at, _)| format!("n{at}"))
            .collect::<Vec<_>>()
            .join(",")
    };
    let stale = class(|node| !node.stale.is_empty());
    let checkpointed = class(|node| node.stale.is_empty() && node.checkpointed);
    for (name, places, style) in [
        ("stale", stale, "stroke:#cf222e,stroke-width:3px"),
        (
            "checkpointed",
            checkpointed,
            "stroke:#0969da,stroke-width:3px",
        ),
    ] {
        if !places.is_empty() {
            let _ = writeln!(out, "  classDef {name} {style}\n  class {places} {name}");
        }
    }
    out
}

/// The end of an id.
pub(super) fn name(node: &Node) -> &str {
    match super::without_last(&node.id) {
        Some(around) => &node.id[around.len() + 2..],
        None => &node.id,
    }
}

fn quoted(text: &str) -> String {
    let text = crate::output::clean(text)
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', " ");
    format!("\"{text}\"")
}

/// Mermaid knows no other escape inside of quotes.
fn entities(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " _:.,-!'".contains(c);
    let mut out = String::new();
    for c in crate::output::clean(text).chars() {
        if plain(c) {
            out.push(c);
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(id: &str) -> Drawing {
        Drawing {
            nodes: vec![Node {
                id: id.to_owned(),
                checkpointed: true,
                ..Node::default()
            }],
            ..Drawing::default()
        }
    }

    #[test]
    fn hostile_names_stay_inside_of_their_quotes() {
        let hostile = drawing("a::\"]; x -> y; [\"<script>\n");
        let dot = dot(&hostile);
        assert_eq!(
            dot.matches("->").count(),
            dot.matches("\\\"]; x -> y").count()
        );
        let mermaid = mermaid(&hostile);
        assert!(
            !mermaid.contains('<') && mermaid.lines().count() == 4,
            "{mermaid}"
        );
    }
}
