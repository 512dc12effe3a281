//! Ordinary least squares by the normal equations, which can be added up over parts of the data and cut down to some of the columns.

use anyhow::{Result, ensure};

/// `X'X`, `X'y` and `y'y` of a linear regression.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Normal {
    /// Number of columns of X.
    size: usize,
    /// `X'X`, row by row.
    matrix: Vec<f64>,
    vector: Vec<f64>,
    square: f64,
    /// Number of observations.
    pub count: usize,
}

impl Normal {
    /// Of no data.
    pub(crate) fn new(size: usize) -> Normal {
        Normal {
            size,
            matrix: vec![0.0; size * size],
            vector: vec![0.0; size],
            square: 0.0,
            count: 0,
        }
    }

    /// Adds one observation.
    pub(crate) fn observe(&mut self, row: &[f64], y: f64) {
        for (i, xi) in row.iter().enumerate() {
            self.vector[i] += xi * y;
            for (entry, xj) in self.matrix[i * self.size..].iter_mut().zip(row) {
                *entry += xi * xj;
            }
        }
        self.square += y * y;
        self.count += 1;
    }

    /// Adds (`sign` 1) or takes away (`sign` -1) the data of another part.
    pub(crate) fn combine(&mut self, other: &Normal, sign: f64) {
        for (a, b) in self.matrix.iter_mut().zip(&other.matrix) {
            *a += sign * b;
        }
        for (a, b) in self.vector.iter_mut().zip(&other.vector) {
            *a += sign * b;
        }
        self.square += sign * other.square;
        self.count = if sign > 0.0 {
            self.count + other.count
        } else {
            self.count - other.count
        };
    }

    /// The same regression with some of the columns only.
    pub(crate) fn select(&self, columns: &[usize]) -> Normal {
        Normal {
            size: columns.len(),
            matrix: columns
                .iter()
                .flat_map(|i| columns.iter().map(move |j| self.matrix[i * self.size + j]))
                .collect(),
            vector: columns.iter().map(|i| self.vector[*i]).collect(),
            square: self.square,
            count: self.count,
        }
    }

    /// The coefficients, by Cholesky's decomposition.
    pub(crate) fn solve(&self) -> Result<Vec<f64>> {
        let n = self.size;
        let mut lower = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..=i {
                let inner: f64 = (0..j).map(|k| lower[i * n + k] * lower[j * n + k]).sum();
                let rest = self.matrix[i * n + j] - inner;
                if i == j {
                    ensure!(
                        rest > 1e-9 * self.matrix[i * n + i],
                        "column {i} of the regression depends on the others: give more data or fewer harmonics"
                    );
                    lower[i * n + i] = rest.sqrt();
                } else {
                    lower[i * n + j] = rest / lower[j * n + j];
                }
            }
        }
        let mut solution = self.vector.clone();
        for i in 0..n {
            let inner: f64 = (0..i).map(|k| lower[i * n + k] * solution[k]).sum();
            solution[i] = (solution[i] - inner) / lower[i * n + i];
        }
        for i in (0..n).rev() {
            let inner: f64 = (i + 1..n).map(|k| lower[k * n + i] * solution[k]).sum();
            solution[i] = (solution[i] - inner) / lower[i * n + i];
        }
        Ok(solution)
    }

    /// The sum of squared errors that given coefficients make on this data.
    pub(crate) fn squared_error(&self, coefficients: &[f64]) -> f64 {
        let linear: f64 = coefficients
            .iter()
            .zip(&self.vector)
            .map(|(b, v)| b * v)
            .sum();
        let quadratic: f64 = coefficients
            .iter()
            .zip(self.matrix.chunks(self.size))
            .map(|(b, row)| {
                b * row
                    .iter()
                    .zip(coefficients)
                    .map(|(m, c)| m * c)
                    .sum::<f64>()
            })
            .sum();
        (self.square - 2.0 * linear + quadratic).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[(f64, f64)]) -> Normal {
        let mut normal = Normal::new(2);
        for (x, y) in points {
            normal.observe(&[1.0, *x], *y);
        }
        normal
    }

    #[test]
    fn a_straight_line_is_found_exactly() {
        let solution = line(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]).solve().unwrap();
        assert!((solution[0] - 1.0).abs() < 1e-12 && (solution[1] - 2.0).abs() < 1e-12);
    }

    #[test]
    fn the_squared_error_is_that_of_the_residuals() {
        let normal = line(&[(0.0, 0.0), (1.0, 2.0), (2.0, 1.0)]);
        let error = normal.squared_error(&[0.0, 1.0]);
        assert!((error - 2.0).abs() < 1e-12);
    }

    #[test]
    fn parts_add_up_to_the_whole_and_can_be_taken_away() {
        let (first, second) = ([(0.0, 1.0), (1.0, 4.0)], [(2.0, 2.0), (5.0, 7.0)]);
        let mut whole = line(&first);
        whole.combine(&line(&second), 1.0);
        assert_eq!(whole, line(&[first, second].concat()));
        whole.combine(&line(&second), -1.0);
        assert_eq!(whole, line(&first));
    }

    #[test]
    fn selecting_columns_is_fitting_with_those_columns() {
        let normal = line(&[(1.0, 2.0), (2.0, 4.5)]).select(&[1]);
        assert!((normal.solve().unwrap()[0] - 11.0 / 5.0).abs() < 1e-12);
    }

    #[test]
    fn columns_that_depend_on_each_other_are_an_error() {
        let mut normal = Normal::new(2);
        normal.observe(&[1.0, 2.0], 1.0);
        normal.observe(&[2.0, 4.0], 2.0);
        assert!(normal.solve().is_err());
    }
}
