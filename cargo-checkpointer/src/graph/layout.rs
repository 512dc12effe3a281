//! A layered drawing of a directed graph: each node's layer, and its place in it. After K. Sugiyama, S. Tagawa, M. Toda,
//! "Methods for visual understanding of hierarchical system structures" (IEEE Transactions on Systems, Man, and
//! Cybernetics, 1981): layers by the longest way from a source, circles taken as one, then sweeps down and up that order
//! each layer by the mean place of its neighbours.

/// How often layers are ordered anew, down and up.
const SWEEPS: usize = 8;

/// Where a node stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spot {
    /// The layer, from the top.
    pub(super) layer: u32,
    /// The place in it, from the left.
    pub(super) order: u32,
}

/// The spots of `count` nodes. The same graph gives the same drawing.
pub(super) fn layered(count: usize, edges: &[(u32, u32)]) -> Vec<Spot> {
    let mut out = vec![Vec::new(); count];
    let mut into = vec![Vec::new(); count];
    for &(from, to) in edges {
        out[from as usize].push(to as usize);
        into[to as usize].push(from as usize);
    }
    let layers = layers(&out);
    let deepest = layers.iter().copied().max().unwrap_or_default();
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); deepest + 1];
    for (node, layer) in layers.iter().enumerate() {
        rows[*layer].push(node);
    }
    let mut place = vec![0.0; count];
    let spread = |row: &[usize], place: &mut Vec<f64>| {
        for (at, node) in row.iter().enumerate() {
            place[*node] = (at as f64 + 0.5) / row.len() as f64;
        }
    };
    for row in &rows {
        spread(row, &mut place);
    }
    for sweep in 0..SWEEPS {
        let is_down = sweep % 2 == 0;
        let neighbours = if is_down { &into } else { &out };
        let mut at: Vec<usize> = (0..rows.len()).collect();
        if !is_down {
            at.reverse();
        }
        for layer in at {
            let mean = |node: usize| {
                let near = &neighbours[node];
                match near.len() {
                    0 => place[node],
                    some => near.iter().map(|other| place[*other]).sum::<f64>() / some as f64,
                }
            };
            let mut keyed: Vec<(f64, usize)> = rows[layer]
                .iter()
                .map(|node| (mean(*node), *node))
                .collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            rows[layer] = keyed.into_iter().map(|(_, node)| node).collect();
            spread(&rows[layer], &mut place);
        }
    }
    let mut spots = vec![Spot::default(); count];
    for (layer, row) in rows.iter().enumerate() {
        for (order, node) in row.iter().enumerate() {
            spots[*node] = Spot {
                layer: layer as u32,
                order: order as u32,
            };
        }
    }
    spots
}

/// The longest way to each node from a node that nothing leads to, by edges that close no circle.
fn layers(out: &[Vec<usize>]) -> Vec<usize> {
    let order = finished_last_first(out);
    let mut rank = vec![0; out.len()];
    for (at, node) in order.iter().enumerate() {
        rank[*node] = at;
    }
    let mut layers = vec![0; out.len()];
    for node in order {
        for next in &out[node] {
            // An edge against the order closes a circle.
            if rank[*next] > rank[node] {
                layers[*next] = layers[*next].max(layers[node] + 1);
            }
        }
    }
    layers
}

/// The nodes in the reverse order in which a depth-first search is done with them: without circles, a topological order.
fn finished_last_first(out: &[Vec<usize>]) -> Vec<usize> {
    let mut has_source = vec![false; out.len()];
    for next in out.iter().flatten() {
        has_source[*next] = true;
    }
    let sources = (0..out.len()).filter(|node| !has_source[*node]);
    let starts: Vec<usize> = sources.chain(0..out.len()).collect();
    let mut seen = vec![false; out.len()];
    let mut done = Vec::with_capacity(out.len());
    for start in starts {
        let mut stack = vec![(start, 0)];
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        while let Some((node, at)) = stack.pop() {
            match out[node].get(at) {
                Some(next) => {
                    stack.push((node, at + 1));
                    if !std::mem::replace(&mut seen[*next], true) {
                        stack.push((*next, 0));
                    }
                }
                None => done.push(node),
            }
        }
    }
    done.reverse();
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edge_outside_of_circles_leads_down() {
        let edges = [(0, 1), (1, 2), (0, 2), (3, 2), (2, 4), (4, 2)];
        let spots = layered(5, &edges);
        for (from, to) in &edges[..5] {
            assert!(
                spots[*from as usize].layer < spots[*to as usize].layer,
                "{from} {to}: {spots:?}"
            );
        }
        assert_eq!(spots[1], Spot { layer: 1, order: 0 });
    }

    #[test]
    fn nodes_stand_below_what_leads_to_them() {
        // Two separate columns, named crosswise.
        let spots = layered(4, &[(0, 3), (1, 2)]);
        assert_eq!(spots[0].order, spots[3].order);
        assert_eq!(spots[1].order, spots[2].order);
        assert_ne!(spots[0].order, spots[1].order);
    }

    #[test]
    fn a_graph_of_nothing_is_drawn() {
        assert_eq!(layered(0, &[]), []);
        assert_eq!(layered(2, &[]).len(), 2);
    }
}
