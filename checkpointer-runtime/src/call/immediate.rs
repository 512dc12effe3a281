//! The operations on the stores alone, which never run the function and are immediate for async functions, too.

use chrono::{DateTime, Utc};

use super::jobs::Put as _;
use super::session::Session;
use super::values::Found;
use super::{Arguments, Call, Mode};
use crate::checkpoint::{Layer, Store};
use crate::clock;
use crate::error::CheckpointError;
use crate::stats;
use crate::storage;

impl<S: Arguments, X, M: Mode<X>> Call<S, X, M> {
    /// The stored result, without computing. Layer after layer is asked.
    ///
    /// # Errors
    /// Why there is none: [`CheckpointError::NotFound`], or what the first layer that had something to say said.
    pub fn get(self) -> Result<M::Kept, CheckpointError> {
        let place = self.place()?;
        let mut reason = None;
        for (_, layer) in self.function.layers() {
            match place.find(layer, &self) {
                Ok(Some(found)) if layer.expiry.has_expired(found.stored) => {
                    let stored = found.stored;
                    reason.get_or_insert(CheckpointError::Expired { stored });
                }
                Ok(Some(found)) => return Ok(found.value),
                Ok(None) => {}
                Err(error) => {
                    reason.get_or_insert(error);
                }
            }
        }
        Err(reason.unwrap_or(CheckpointError::NotFound))
    }

    /// The stored result, or this one.
    pub fn get_or(self, default: M::Kept) -> M::Kept {
        self.get().unwrap_or(default)
    }

    /// Stores this value as the result, in all layers.
    ///
    /// # Errors
    /// The first fault of a store; the other layers have it all the same.
    pub fn set(self, value: M::Kept) -> Result<(), CheckpointError> {
        let place = self.place()?;
        let now = clock::now();
        let mut fault = None;
        for (index, layer) in self.function.layers() {
            let stored = match &layer.store {
                Store::Memory(slots) => {
                    let memory = &self.values.memory;
                    memory.insert(slots, place.memory_hash, &value, now, 0);
                    Ok(())
                }
                Store::Bytes(storage) => place
                    .session(&self, index)
                    .frame(layer, &**storage, &value, now, 0)
                    .and_then(|frame| {
                        frame.map_or(Ok(()), |(key, frame)| {
                            storage::check_replaceable(&**storage, &key)?;
                            frame.put(&**storage, &key)
                        })
                    }),
            };
            fault = fault.or(stored.err());
        }
        fault.map_or(Ok(()), Err)
    }

    /// Whether a result is stored in any layer, expired or not.
    ///
    /// # Errors
    /// A fault of a store.
    pub fn exists(self) -> Result<bool, CheckpointError> {
        Ok(self.stored()?.is_some())
    }

    /// Whether the stored result has expired, by the rules of the outermost layer that has it.
    ///
    /// # Errors
    /// [`CheckpointError::NotFound`] if there is none, or a fault of a store.
    pub fn is_expired(self) -> Result<bool, CheckpointError> {
        match self.stored()? {
            Some((layer, stored)) => Ok(layer.expiry.has_expired(stored)),
            None => Err(CheckpointError::NotFound),
        }
    }

    /// Drops the stored result from all layers. That there is none is no error.
    ///
    /// # Errors
    /// The first fault of a store; the other layers drop it all the same.
    pub fn delete(self) -> Result<(), CheckpointError> {
        let place = self.place()?;
        let mut fault = None;
        for (index, layer) in self.function.layers() {
            match &layer.store {
                Store::Memory(slots) => {
                    (self.values.memory.remove)(slots, place.memory_hash);
                }
                Store::Bytes(storage) => {
                    if let Some(key) = place.session(&self, index).key(layer) {
                        fault = fault.or(storage.delete(&key).err());
                    }
                }
            }
        }
        fault.map_or(Ok(()), Err)
    }

    /// When the result was stored, by the outermost layer that has it.
    fn stored(&self) -> Result<Option<(&'static Layer, DateTime<Utc>)>, CheckpointError> {
        let place = self.place()?;
        for (index, layer) in self.function.layers() {
            let stored = match &layer.store {
                Store::Memory(slots) => (self.values.memory.stored)(slots, place.memory_hash),
                Store::Bytes(storage) => match place.session(self, index).key(layer) {
                    Some(key) => match storage.checkpoint_date(&key) {
                        Err(CheckpointError::Newer { .. }) => None,
                        date => date?,
                    },
                    None => None,
                },
            };
            if let Some(stored) = stored {
                return Ok(Some((layer, stored)));
            }
        }
        Ok(None)
    }

    fn place(&self) -> Result<Place, CheckpointError> {
        let layers = || self.function.layers().map(|(_, layer)| layer);
        let has_memory = layers().any(|layer| matches!(layer.store, Store::Memory(_)));
        let has_bytes = layers().any(|layer| matches!(layer.store, Store::Bytes(_)));
        Ok(Place {
            memory_hash: if has_memory {
                self.memory_hash().map_err(|error| *error)?
            } else {
                0
            },
            stored_hash: has_bytes.then(|| self.stored_hash()).transpose()?,
        })
    }
}

/// The hashes of a call in the kinds of layers that its function has.
struct Place {
    memory_hash: u128,
    stored_hash: Option<crate::key::Digest>,
}

impl Place {
    fn session<S: Arguments, X, M: Mode<X>>(
        &self,
        call: &Call<S, X, M>,
        index: usize,
    ) -> Session<M::Kept> {
        let memory_hash = Some(self.memory_hash);
        Session::new(
            call.function,
            call.values,
            1 << index,
            memory_hash,
            self.stored_hash,
        )
    }

    fn find<S: Arguments, X, M: Mode<X>>(
        &self,
        layer: &Layer,
        call: &Call<S, X, M>,
    ) -> Result<Option<Found<M::Kept>>, CheckpointError> {
        match &layer.store {
            Store::Memory(slots) => Ok((call.values.memory.get)(slots, self.memory_hash)),
            Store::Bytes(storage) => {
                let Some(stored_hash) = self.stored_hash else {
                    return Ok(None);
                };
                let key = layer.scope.key(layer.code_hash, stored_hash);
                let Some(bytes) = &call.values.bytes else {
                    return Ok(None);
                };
                let Some((header, content)) = storage::load_as(&**storage, &key, (bytes.wish)())?
                else {
                    return Ok(None);
                };
                Ok(Some(Found {
                    value: layer.coding.restore(bytes, header.codec, content)?,
                    stored: header.stored,
                    nanoseconds: stats::nanoseconds(header.computation),
                }))
            }
        }
    }
}
