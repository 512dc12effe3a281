//! Stands in for a test crate that geo does not publish: the same names, small shapes.

use geo_types::{CoordNum, LineString, MultiPoint, MultiPolygon, Polygon};

fn shape<T: CoordNum>() -> LineString<T> {
    let at = |x: i32| T::from(x).expect("a small number");
    let corners = [(0, 0), (8, 0), (9, 5), (8, 8), (4, 6), (0, 8), (0, 0)];
    LineString::from_iter(corners.map(|(x, y)| (at(x), at(y))))
}

macro_rules! lines {
    ($($name:ident)*) => { $(
        /// A closed line.
        pub fn $name<T: CoordNum>() -> LineString<T> {
            shape()
        }
    )* };
}

lines! {
    louisiana baton_rouge ring shell norway_main norway_convex_hull norway_concave_hull norway_nonconvex_hull
    vw_orig vw_simplified poly1 poly2 poly1_hull poly2_hull poly_in_ring
}

/// A polygon twice.
pub fn nl_zones<T: CoordNum>() -> MultiPolygon<T> {
    nl_plots_epsg_28992()
}

/// A polygon twice.
pub fn nl_plots_epsg_28992<T: CoordNum>() -> MultiPolygon<T> {
    let one = Polygon::new(shape(), Vec::new());
    MultiPolygon::new(vec![one.clone(), one])
}

/// A polygon twice.
pub fn nl_plots_wgs84<T: CoordNum>() -> MultiPolygon<T> {
    nl_plots_epsg_28992()
}

/// The corners of a shape.
pub fn islington_post_boxes<T: CoordNum>() -> MultiPoint<T> {
    MultiPoint::from(shape().into_points())
}
