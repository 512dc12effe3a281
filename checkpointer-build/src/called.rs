//! Which impls of foreign traits foreign code may call, by all uses of std that a closure has seen
//! so far.
//!
//! Which traits a use leads to hangs on nothing but the use, so it is found once for all closures.

use std::rc::Rc;

use crate::edges::{NOTED, On, Word};
use crate::graph::{Graph, Types};
use crate::map::HashMap;
use crate::memo::Memo;
use crate::outside::Hands;
use crate::program::{Head, ImplFacts, Shape};
use crate::std_facts;
use crate::symbol::Symbol;

/// A trait that a use leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    leads: Memo<Word, Rc<[Lead]>>,
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
        let find = || self.names.iter().enumerate().filter_map(lead).collect();
        self.leads.get(word, find)
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
    argument_head: Head,
}

impl Target {
    pub(crate) fn of(facts: &ImplFacts) -> Self {
        let own = Shape::of(&facts.self_ty);
        Target {
            // A use tells what values are made of, references or not.
            head: Head::of(facts.self_ty.peeled()),
            own,
            argument: facts.arguments.first().map_or(own, Shape::of),
            argument_head: facts
                .arguments
                .first()
                .map_or(Head::Any, |argument| Head::of(argument.peeled())),
        }
    }
}

/// The types that one trait may be called on.
#[derive(Clone, Debug, Default)]
struct Receivers {
    /// Something uses it, on whatever.
    used: bool,
    types: Types,
    /// Uses between types of certain shapes, and the numbers of the types that they are of.
    between: Vec<((Between, Shape, Shape), u32)>,
}

impl Receivers {
    fn fit(&self, graph: &Graph<'_, '_, '_>, asked: &Asked<'_>, hands: &Hands) -> bool {
        let fits = |types: &Types, head: Head| match head {
            Head::Adt(node) => {
                let number = graph.type_number(node);
                let by_trait = if asked.in_roundabout_way {
                    types.has_any_trait() || types.has_bounded(number, None)
                } else {
                    types.has_trait(asked.of) || types.has_bounded(number, Some(asked.of))
                };
                let by_hand = || types.handed && hands.has(number, asked.of);
                types.any || by_trait || types.has(number) || by_hand()
            }
            _ => true,
        };
        let own_head = asked.target.head;
        if self.used && fits(&self.types, own_head) {
            return true;
        }
        for ((how, own, other), types) in &self.between {
            let fits_shape = own.may_be(asked.target.own)
                && match how {
                    Between::Operands => other.may_become(asked.target.argument),
                    Between::Types => other.may_be(asked.target.argument),
                };
            // A reference on the right may be turned into one of another type.
            let argument = match how {
                Between::Operands if !other.may_be_turned(asked.target.argument) => {
                    asked.target.argument_head
                }
                _ => Head::Any,
            };
            if fits_shape {
                let types = graph.types(*types);
                if fits(&types, own_head) && fits(&types, argument) {
                    return true;
                }
            }
        }
        false
    }
}

/// An impl that may be called.
struct Asked<'g> {
    target: &'g Target,
    /// The numbers of its traits.
    of: &'g [u32],
    /// By the code of a map or set, which asks more of its keys than what the one that asks it knows of them.
    in_roundabout_way: bool,
}

/// What a closure has seen so far.
#[derive(Clone)]
pub(crate) struct Called {
    straight: Vec<Receivers>,
    roundabout: Vec<Receivers>,
    /// What code of packages has in its hands.
    pub(crate) hands: Hands,
    /// A map or set of std is named.
    pub(crate) collections: bool,
}

impl Called {
    pub(crate) fn new(traits: &Traits) -> Self {
        Called {
            straight: vec![Receivers::default(); traits.len()],
            roundabout: vec![Receivers::default(); traits.len()],
            hands: Hands::default(),
            collections: false,
        }
    }

    /// Notes a use.
    pub(crate) fn add(&mut self, graph: &Graph<'_, '_, '_>, leads: &[Lead], number: u32) {
        let types = graph.types(number);
        for lead in leads {
            if let Some(between) = lead.between {
                self.straight[lead.of].between.push((between, number));
                continue;
            }
            let receivers = if lead.roundabout {
                &mut self.roundabout[lead.of]
            } else {
                &mut self.straight[lead.of]
            };
            receivers.used = true;
            receivers.types.take_in(&types);
        }
    }

    /// Notes that a trait may be called on values of any type.
    pub(crate) fn add_trait(&mut self, graph: &Graph<'_, '_, '_>, name: Symbol) {
        let leads = graph.traits.leads(Word::Trait(name));
        self.add(graph, &leads, graph.expanded(&On::any()));
    }

    /// Whether an impl of a trait for a type of this shape may be called.
    pub(crate) fn may_be(&self, graph: &Graph<'_, '_, '_>, of: usize, at: u32) -> bool {
        if self.hands.may_call(graph, at) {
            return true;
        }
        let mut asked = Asked {
            target: &graph.targets[at as usize],
            of: &graph.trait_numbers[at as usize],
            in_roundabout_way: false,
        };
        match graph.traits.names[of].1 {
            Calls::Always => true,
            Calls::Packages => false,
            Calls::Uses(_) => {
                if self.straight[of].fit(graph, &asked, &self.hands) {
                    return true;
                }
                asked.in_roundabout_way = true;
                (self.collections || self.hands.packages)
                    && self.roundabout[of].fit(graph, &asked, &self.hands)
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
