//! A checkpointed function as a whole: the static that carries its row, what is made of it at the first call, and the
//! handle that users hold.

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};

use crate::capture::Captured;
use crate::codec::Coding;
use crate::config::{self, Checkpointer, Code};
use crate::environment::{self, Mode};
use crate::error::CheckpointError;
use crate::event::{self, EventKind};
use crate::expiry::Expiry;
use crate::key::{Digest, Scope};
use crate::layers;
use crate::setting::Setting;
use crate::slots::Slots;
use crate::stats::{Counters, FunctionStats};
use crate::storage::{Storage, Upkeep};
use crate::table::{Dependency, Row};

/// All checkpointed functions of the program, in whatever crate, gathered by the linker.
#[linkme::distributed_slice]
pub static CHECKPOINTER_FUNCTIONS: [Descriptor];

/// What the expansion knows of a function, as a constant.
pub struct Descriptor {
    row: &'static str,
    layers: &'static [fn() -> Checkpointer],
    path: Option<fn() -> &'static str>,
    captures_by_default: bool,
    switches: &'static [bool],
    /// In a crate's first function, what is known of the crate's types.
    pub(crate) types: &'static str,
    /// In a crate's first function, what the build knew of the crate's code.
    pub(crate) code: &'static [u8],
    state: OnceLock<State>,
}

impl std::fmt::Debug for Descriptor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Descriptor")
            .field("row", &self.row)
            .finish_non_exhaustive()
    }
}

impl Descriptor {
    /// A function with this row and these layers, the outermost first.
    #[must_use]
    pub const fn new(row: &'static str, layers: &'static [fn() -> Checkpointer]) -> Self {
        Self {
            row,
            layers,
            path: None,
            captures_by_default: false,
            switches: &[],
            types: "",
            code: &[],
            state: OnceLock::new(),
        }
    }

    /// The path of a function without a row: that of an item in its body.
    #[must_use]
    pub const fn path(mut self, path: fn() -> &'static str) -> Self {
        self.path = Some(path);
        self
    }

    /// For a crate whose build script says that every function captures.
    #[must_use]
    pub const fn capture_by_default(mut self) -> Self {
        self.captures_by_default = true;
        self
    }

    /// The values of the compiler's switches that reachable code depends on.
    #[must_use]
    pub const fn switches(mut self, switches: &'static [bool]) -> Self {
        self.switches = switches;
        self
    }

    /// What is known of the crate's types.
    #[must_use]
    pub const fn types(mut self, types: &'static str) -> Self {
        self.types = types;
        self
    }

    /// What the build knew of the crate's code.
    #[must_use]
    pub const fn state_of_code(mut self, state: &'static [u8]) -> Self {
        self.code = state;
        self
    }

    /// The handle.
    #[inline]
    pub const fn function(&'static self) -> Function {
        Function {
            descriptor: self,
            layer: None,
        }
    }

    /// The handle, for whoever names the function by using it: so the compiler sees that somebody does.
    #[inline]
    pub const fn used_by<F: Copy>(&'static self, _function: F) -> Function {
        self.function()
    }

    #[inline]
    pub(crate) fn state(&'static self) -> &'static State {
        self.state.get_or_init(|| State::new(self))
    }

    pub(crate) fn existing_state(&self) -> Option<&State> {
        self.state.get()
    }
}

/// What a function's first call makes of its row, its options and the environment.
pub(crate) struct State {
    pub(crate) row: Row,
    pub(crate) layers: Vec<Layer>,
    pub(crate) captured: Captured,
    pub(crate) switches: &'static [bool],
    pub(crate) counters: Counters,
    pub(crate) mode: Mode,
    pub(crate) verify: Option<u32>,
    /// Whether the outermost layer is memory and a hit there needs nothing but the value: the way that must be short.
    pub(crate) is_quick: bool,
    /// Whether no layer is ever on for a plain call.
    pub(crate) is_off: bool,
}

/// One layer of a function.
pub(crate) struct Layer {
    pub(crate) store: Store,
    pub(crate) when: Setting<bool>,
    pub(crate) verbosity: Setting<u8>,
    pub(crate) expiry: Expiry,
    pub(crate) code_hash: Digest,
    pub(crate) scope: Scope,
    pub(crate) coding: Coding,
}

/// Where a layer keeps its results.
pub(crate) enum Store {
    Memory(Slots),
    Bytes(Arc<dyn Storage>),
}

impl State {
    #[cold]
    fn new(descriptor: &'static Descriptor) -> Self {
        let mut row = Row::parse(descriptor.row);
        if let Some(path) = descriptor.path {
            row.path = path();
        }
        let environment = environment::get();
        let options: Vec<Checkpointer> = descriptor
            .layers
            .iter()
            .map(|layer| layer().or(config::defaults()))
            .collect();
        let captures = options
            .iter()
            .any(|layer| layer.capture.unwrap_or(descriptor.captures_by_default));
        if !captures && options.iter().any(|layer| layer.code.is_none()) {
            warn_of_statics(&row, environment.verbosity);
        }
        let captured = Captured::of(&row, captures);
        let mut mode = environment.mode;
        if captured.is_incomplete() {
            mode = Mode::Off;
        }
        let mut kept = Vec::new();
        for options in &options {
            let (stores, why) = layers::stores(options);
            let made = stores
                .into_iter()
                .map(|store| Layer::new(options, store, &row, captures, environment.verbosity));
            for made in made.chain(why.map(Err)) {
                match made {
                    Ok(layer) => kept.push(layer),
                    Err(text) => event::complain(&format!("{}: {text}", row.path)),
                }
            }
        }
        if kept.is_empty() {
            mode = Mode::Off;
        }
        let is_quick = mode == Mode::On
            && environment.verify.is_none()
            && kept.first().is_some_and(|layer| {
                matches!(layer.store, Store::Memory(_))
                    && layer.expiry.is_never()
                    && matches!(layer.verbosity, Setting::Fixed(0 | 1))
            });
        let is_off = mode == Mode::Off
            || kept
                .iter()
                .all(|layer| matches!(layer.when, Setting::Fixed(false)));
        Self {
            row,
            is_off,
            layers: kept,
            captured,
            switches: descriptor.switches,
            counters: Counters::new(),
            mode,
            verify: environment.verify,
            is_quick,
        }
    }

    /// The function's path.
    pub(crate) fn path(&self) -> &'static str {
        self.row.path
    }
}

/// A preset may capture, and the build script can't read presets: so the warning that it gives others comes here, once.
fn warn_of_statics(row: &Row, verbosity: Option<u8>) {
    if row.statics.is_empty() || verbosity == Some(0) {
        return;
    }
    event::complain(&format!(
        "{}:{}: {} reads {}, whose value does not count: set `capture(true)` on its preset or `capture` on its \
         #[checkpoint], make it a `const`, or mark it #[no_capture] if it does not matter",
        row.file,
        row.line,
        row.path,
        row.statics.join(", ")
    ));
}

impl Layer {
    fn new(
        options: &Checkpointer,
        store: Store,
        row: &Row,
        captures: bool,
        verbosity: Option<u8>,
    ) -> Result<Self, String> {
        let read = if captures {
            row.capture_hash
        } else {
            row.code_hash
        };
        let code_hash = match options.code {
            Some(Code::Version(digest)) => digest,
            Some(Code::Ignored) => Digest::new([0; 32]),
            None => read.ok_or("its code was not read: give it a `version`")?,
        };
        let storage_options = Arc::new(options.storage_options(environment::default_root));
        Ok(Self {
            store,
            when: options.when.clone().unwrap_or(Setting::Fixed(true)),
            verbosity: match verbosity {
                Some(level) => Setting::Fixed(level),
                None => options.verbosity.clone().unwrap_or(Setting::Fixed(1)),
            },
            expiry: Expiry::new(options.expiry.clone(), options.should_expire.clone()),
            code_hash,
            scope: Scope::new(row.path, storage_options),
            coding: options.coding.clone(),
        })
    }

    fn cleanup(&self) -> Result<u64, CheckpointError> {
        match &self.store {
            Store::Memory(slots) => Ok(slots.retain(&|stored| !self.expiry.has_expired(stored))),
            Store::Bytes(storage) => storage.cleanup(
                &self.scope,
                &Upkeep {
                    current: &[self.code_hash],
                    expired: &|stored: DateTime<Utc>| self.expiry.has_expired(stored),
                },
            ),
        }
    }

    fn clear(&self) -> Result<u64, CheckpointError> {
        match &self.store {
            Store::Memory(slots) => Ok(slots.retain(&|_| false)),
            Store::Bytes(storage) => storage.clear(&self.scope),
        }
    }
}

/// A checkpointed function as a whole, or one layer of it.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    pub(crate) descriptor: &'static Descriptor,
    pub(crate) layer: Option<usize>,
}

impl Function {
    #[inline]
    pub(crate) fn state(self) -> &'static State {
        self.descriptor.state()
    }

    /// The layers that this handle stands for, each with its number.
    pub(crate) fn layers(self) -> impl Iterator<Item = (usize, &'static Layer)> {
        self.state()
            .layers
            .iter()
            .enumerate()
            .filter(move |(index, _)| self.layer.is_none_or(|only| only == *index))
    }

    /// The function's path, such as `demo::stats::Model::fit`.
    #[must_use]
    pub fn path(self) -> &'static str {
        self.state().path()
    }

    /// The function's file, relative to its package's root, and its line.
    #[must_use]
    pub fn position(self) -> (&'static str, u32) {
        (self.state().row.file, self.state().row.line)
    }

    /// The hash of everything that the function's result can depend on but its arguments: the table's hash, with
    /// statics under `capture`, or that of the `version` that replaces it.
    #[must_use]
    pub fn code_hash(self) -> Digest {
        let mut layers = self.layers();
        match layers.next() {
            Some((_, layer)) => layer.code_hash,
            None => self.state().row.code_hash.unwrap_or(Digest::new([0; 32])),
        }
    }

    /// What the function depends on directly.
    #[must_use]
    pub fn depends(self) -> &'static [Dependency] {
        &self.state().row.dependencies
    }

    /// Reads the statics that are captured once anew.
    pub fn reinit(self) {
        self.state().captured.reinit();
    }

    /// Drops the function's entries of older code, and expired ones. Gives how many.
    ///
    /// # Errors
    /// The first fault of a store; the other layers are cleaned all the same.
    pub fn cleanup(self) -> Result<u64, CheckpointError> {
        self.sum(Layer::cleanup)
    }

    /// Drops all entries of the function. Gives how many.
    ///
    /// # Errors
    /// The first fault of a store; the other layers are cleared all the same.
    pub fn clear(self) -> Result<u64, CheckpointError> {
        self.sum(Layer::clear)
    }

    /// One layer alone, counted from the outermost. A layer that does not exist keeps nothing.
    #[must_use]
    pub fn layer(self, index: usize) -> Self {
        Self {
            layer: Some(index),
            ..self
        }
    }

    /// How many layers the function has.
    #[must_use]
    pub fn layer_count(self) -> usize {
        self.state().layers.len()
    }

    /// Hits, misses and times of this function in this process.
    #[must_use]
    pub fn stats(self) -> FunctionStats {
        self.state().counters.read(self.path())
    }

    fn sum(
        self,
        operation: impl Fn(&Layer) -> Result<u64, CheckpointError>,
    ) -> Result<u64, CheckpointError> {
        let mut total = 0;
        let mut fault = None;
        for (_, layer) in self.layers() {
            match operation(layer) {
                Ok(count) => total += count,
                Err(error) => {
                    event::emit(
                        self.state(),
                        layer,
                        EventKind::StorageFault { error: &error },
                    );
                    fault = fault.or(Some(error));
                }
            }
        }
        fault.map_or(Ok(total), Err)
    }
}

/// All checkpointed functions of the program, called or not, in no particular order.
pub fn functions() -> impl Iterator<Item = Function> {
    CHECKPOINTER_FUNCTIONS.iter().map(Descriptor::function)
}

/// The function of this path, such as `demo::<Model as Fit>::fit`.
#[must_use]
pub fn function(path: &str) -> Option<Function> {
    functions().find(|function| function.path() == path)
}

/// [`Function::cleanup`] of every function of the program. Gives how many entries were dropped.
///
/// # Errors
/// The first fault of a store; the other functions are cleaned all the same.
pub fn cleanup_all() -> Result<u64, CheckpointError> {
    let mut total = 0;
    let mut fault = None;
    for function in functions() {
        match function.cleanup() {
            Ok(count) => total += count,
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    fault.map_or(Ok(total), Err)
}

/// The path of the function around a marker item in its body: what the expansion puts around it is cut off.
#[must_use]
pub fn path_around<T>(_marker: &T) -> &'static str {
    let path = std::any::type_name::<T>();
    let path = path.strip_suffix("::__here").unwrap_or(path);
    let path = path.trim_end_matches("::{{closure}}");
    let path = path.strip_suffix("::__FUNCTION").unwrap_or(path);
    path.strip_suffix("_function").unwrap_or(path)
}
