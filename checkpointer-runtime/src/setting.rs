//! A value that is fixed, or asked anew at each call.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// An option's value: fixed, or given by a closure at each call.
#[derive(Clone)]
pub enum Setting<T> {
    /// Always this.
    Fixed(T),
    /// What the closure gives.
    Asked(Arc<dyn Fn() -> T + Send + Sync>),
}

impl<T: Copy> Setting<T> {
    /// The value now.
    #[inline]
    pub fn get(&self) -> T {
        match self {
            Self::Fixed(value) => *value,
            Self::Asked(ask) => ask(),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Setting<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(value) => value.fmt(f),
            Self::Asked(_) => f.write_str("asked at each call"),
        }
    }
}

/// What an option takes: a value, or a closure that gives one at each call.
pub trait IntoSetting<T> {
    /// The setting.
    fn into_setting(self) -> Setting<T>;
}

macro_rules! settings {
    ($($ty:ty),*) => {$(
        impl IntoSetting<$ty> for $ty {
            fn into_setting(self) -> Setting<$ty> {
                Setting::Fixed(self)
            }
        }

        impl<F: Fn() -> $ty + Send + Sync + 'static> IntoSetting<$ty> for F {
            fn into_setting(self) -> Setting<$ty> {
                Setting::Asked(Arc::new(self))
            }
        }
    )*};
}

settings!(bool, u8, Duration);

/// A literal such as `2` whose type nothing else decides is an `i32`.
impl IntoSetting<u8> for i32 {
    fn into_setting(self) -> Setting<u8> {
        Setting::Fixed(u8::try_from(self.clamp(0, 2)).unwrap_or_default())
    }
}
