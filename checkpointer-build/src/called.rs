//! Which impls of foreign traits foreign code may call, by all uses of std that a closure has seen
//! so far.
//!
//! Which traits a use leads to hangs on nothing but the use, so it is found once for all closures.

use std::cell::RefCell;
use std::rc::Rc;

use crate::edges::{NOTED, On, Word};
use crate::map::{HashMap, HashSet};
use crate::outside::Hands;
use crate::program::{Head, ImplFacts, Shape};
use crate::std_facts;
use crate::symbol::Symbol;
use crate::ty::NodeId;

/// A use of std, and the types that it is of.
pub(crate) type Use = (Rc<[Lead]>, On);

/// A trait that a use leads to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lead {
    of: usize,
    /// Only if a map or set of std, or a package, is in play.
    roundabout: bool,
    /// Only impls for these types: the self type's shape, and that of the trait's argument.
    between: Option<(Between, Shape, Shape)>,
}

/// How the shapes of a use and of an impl are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Between {
    Operands,
    Types,
}

/// How an impl of a foreign trait comes to be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Calls {
    /// By any code, without any sign in the text.
    Always,
    /// By packages.
    Packages,
    /// By uses that lead to it.
    Uses(&'static std_facts::Triggers),
}

/// The foreign traits that the analysed crates implement.
#[derive(Default)]
pub(crate) struct Traits {
    names: Vec<(Symbol, Calls)>,
    numbers: HashMap<Symbol, usize>,
    leads: RefCell<HashMap<Word, Rc<[Lead]>>>,
}

impl Traits {
    /// A trait's number, which it gets if it has none.
    pub(crate) fn number(&mut self, name: Symbol) -> usize {
        if let Some(known) = self.numbers.get(&name) {
            return *known;
        }
        let calls = match std_facts::triggers(&name) {
            Some(triggers) if triggers.always => Calls::Always,
            Some(triggers) => Calls::Uses(triggers),
            // One of std that is not known is called by anything.
            None if name.contains("::") => Calls::Packages,
            None => Calls::Always,
        };
        self.names.push((name, calls));
        self.numbers.insert(name, self.names.len() - 1);
        self.names.len() - 1
    }

    /// The number of a trait that has one.
    pub(crate) fn known(&self, name: Symbol) -> usize {
        self.numbers[&name]
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The traits that a use leads to.
    pub(crate) fn leads(&self, word: Word) -> Rc<[Lead]> {
        if let Some(known) = self.leads.borrow().get(&word) {
            return Rc::clone(known);
        }
        let lead = |(of, (name, calls)): (usize, &(Symbol, Calls))| {
            let Calls::Uses(triggers) = calls else {
                return None;
            };
            leads_to(word, name, triggers).map(|(roundabout, between)| Lead {
                of,
                roundabout,
                between,
            })
        };
        let leads: Rc<[Lead]> = self.names.iter().enumerate().filter_map(lead).collect();
        self.leads.borrow_mut().insert(word, Rc::clone(&leads));
        leads
    }
}

type Found = (bool, Option<(Between, Shape, Shape)>);

/// Whether a use leads to a trait, and if so whether only in a roundabout way, and between which types.
fn leads_to(word: Word, name: &str, triggers: &std_facts::Triggers) -> Option<Found> {
    let own_operator = std_facts::own_operator(name);
    let converts = std_facts::is_conversion(name);
    let plain = |roundabout| (roundabout, None);
    match word {
        // What stands beside it with its operands' types says more.
        Word::Operator(token) if own_operator == Some(token.as_str()) => None,
        Word::Operator(token) if converts && token == "?" => None,
        Word::Method(_, Some(owner)) if converts && owner == NOTED => None,
        Word::Operator(token) => triggers
            .operators
            .contains(token.as_str())
            .then(|| plain(!is_own_operator(&token, name))),
        Word::Method(method, owner) => triggers
            .has_method(&method, owner.as_deref())
            .then(|| plain(only_by_hashing(&method, name))),
        Word::Macro(name) => triggers
            .macros
            .contains(name.as_str())
            .then_some(plain(false)),
        Word::Trait(of) => (&*of == name).then_some(plain(false)),
        Word::Operands(token, left, right) => (own_operator == Some(token.as_str()))
            .then_some((false, Some((Between::Operands, left, right)))),
        Word::Conversion(from, into, may_fail) => match name {
            "TryFrom" | "TryInto" if !may_fail => None,
            "From" | "TryFrom" => Some((false, Some((Between::Types, into, from)))),
            "Into" | "TryInto" => Some((false, Some((Between::Types, from, into)))),
            _ => None,
        },
    }
}

/// What an impl of a foreign trait is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) head: Head,
    own: Shape,
    /// The trait's argument; the self type where none is written.
    argument: Shape,
}

impl Target {
    pub(crate) fn of(facts: &ImplFacts) -> Self {
        let own = Shape::of(&facts.self_ty);
        Target {
            head: Head::of(&facts.self_ty),
            own,
            argument: facts.arguments.first().map_or(own, Shape::of),
        }
    }
}

/// The types that one trait may be called on.
#[derive(Clone, Debug, Default)]
struct Receivers {
    /// Something uses it, on whatever.
    used: bool,
    all: bool,
    /// Whatever packages have in their hands.
    handed: bool,
    types: HashSet<NodeId>,
    between: HashMap<(Between, Shape, Shape), On>,
}

impl Receivers {
    fn add(&mut self, on: &On) {
        self.used = true;
        self.all |= on.any;
        self.handed |= on.handed;
        if !self.all {
            self.types.extend(&on.types);
        }
    }

    fn fit(&self, impl_: &Target, hands: &Hands) -> bool {
        self.used
            && match impl_.head {
                Head::Adt(node) => {
                    self.all || self.types.contains(&node) || (self.handed && hands.has(node))
                }
                _ => true,
            }
            || self.between.iter().any(|((how, own, other), on)| {
                let fits = match impl_.head {
                    Head::Adt(node) => {
                        on.any || on.types.contains(&node) || (on.handed && hands.has(node))
                    }
                    _ => true,
                };
                fits && own.may_be(impl_.own)
                    && match how {
                        Between::Operands => other.may_become(impl_.argument),
                        Between::Types => other.may_be(impl_.argument),
                    }
            })
    }
}

/// What a closure has seen so far.
pub(crate) struct Called<'g> {
    traits: &'g Traits,
    straight: Vec<Receivers>,
    roundabout: Vec<Receivers>,
    /// What code of packages has in its hands.
    pub(crate) hands: Hands,
    /// A map or set of std is named.
    pub(crate) collections: bool,
}

impl<'g> Called<'g> {
    pub(crate) fn new(traits: &'g Traits) -> Self {
        Called {
            traits,
            straight: vec![Receivers::default(); traits.len()],
            roundabout: vec![Receivers::default(); traits.len()],
            hands: Hands::default(),
            collections: false,
        }
    }

    /// Notes a use.
    pub(crate) fn add(&mut self, leads: &[Lead], on: &On) {
        for lead in leads {
            if let Some((how, own, other)) = lead.between {
                let between = &mut self.straight[lead.of].between;
                between.entry((how, own, other)).or_default().take_in(on);
            } else if lead.roundabout {
                self.roundabout[lead.of].add(on);
            } else {
                self.straight[lead.of].add(on);
            }
        }
    }

    /// Notes that a trait may be called on values of any type.
    pub(crate) fn add_trait(&mut self, name: Symbol) {
        let traits = self.traits;
        self.add(&traits.leads(Word::Trait(name)), &On::any());
    }

    /// Whether an impl of a trait for a type of this shape may be called.
    pub(crate) fn may_be(&self, of: usize, target: &Target, locals: &[NodeId]) -> bool {
        if self.hands.may_call(locals) {
            return true;
        }
        match self.traits.names[of].1 {
            Calls::Always => true,
            Calls::Packages => false,
            Calls::Uses(_) => {
                self.straight[of].fit(target, &self.hands)
                    || ((self.collections || self.hands.packages)
                        && self.roundabout[of].fit(target, &self.hands))
            }
        }
    }
}

/// Whether a trait is an operator's own: `==` on a map leads to `Hash` as well, but only where there are maps.
fn is_own_operator(token: &str, name: &str) -> bool {
    match token {
        "==" | "!=" => name == "PartialEq",
        "<" | ">" | "<=" | ">=" => matches!(name, "PartialOrd" | "PartialEq" | "Ord"),
        "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>" => !matches!(
            name,
            "Hash"
                | "Hasher"
                | "BuildHasher"
                | "Default"
                | "Ord"
                | "PartialOrd"
                | "Clone"
                | "PartialEq"
        ),
        "index" => !matches!(
            name,
            "Hash" | "Hasher" | "BuildHasher" | "Default" | "Ord" | "PartialOrd" | "PartialEq"
        ),
        _ => true,
    }
}

/// Whether a method leads to a trait only through the hashing of a map's or set's keys.
fn only_by_hashing(method: &str, name: &str) -> bool {
    match name {
        "Hash" | "Hasher" | "BuildHasher" => !method.contains("hash"),
        "Default" => {
            let natural =
                method.contains("default") || matches!(method, "take" | "unzip" | "partition");
            !natural
                && std_facts::triggers("Hash").is_some_and(|hash| hash.has_method(method, None))
        }
        _ => false,
    }
}
