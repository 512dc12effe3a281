//! The linked program: crates, modules, items and imports of everything that is analysed, made
//! from the files' summaries by [`crate::collect`] and read by all later stages.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::path::PathBuf;

use typed_arena::Arena;

use crate::cfg::{CfgSet, Switches};
use crate::ir::{self, Pos};
use crate::map::{HashMap, HashSet};
use crate::source::CfgId;
use crate::symbol::Symbol;
pub(crate) use crate::ty::NodeId;

/// Owns what macros expand to, so that the rest can borrow it.
#[derive(Default)]
pub(crate) struct Arenas {
    pub(crate) files: Arena<ir::File>,
    pub(crate) items: Arena<Vec<ir::Item>>,
    pub(crate) blocks: Arena<ir::Block>,
    pub(crate) exprs: Arena<Vec<ir::Expr>>,
    pub(crate) patterns: Arena<ir::Pattern>,
    pub(crate) types: Arena<ir::Type>,
    pub(crate) failures: Arena<crate::lower::ParseFailure>,
}

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) struct $name(pub(crate) u32);
    };
}

index!(
    /// A target of a package whose source is read.
    CrateId
);
index!(
    /// A module, or the anonymous module of a block with items.
    ModId
);
index!(
    /// A file that was read, or the file of a macro call.
    FileId
);
index!(
    /// One reading of a file's or expansion's IR: numbers its blocks' scopes.
    InstanceId
);
index!(
    /// A place in the textual order of `macro_rules!` definitions.
    EnvId
);
index!(
    /// A package whose source is not read.
    PackageId
);

/// Std, core, alloc, proc_macro and test, as a package.
pub(crate) const STD: PackageId = PackageId(u32::MAX);

/// The environment before any `macro_rules!`.
pub(crate) const NO_MACROS: EnvId = EnvId(u32::MAX);

/// Namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Ns {
    Type,
    Value,
    Macro,
}

pub(crate) const ALL_NS: [Ns; 3] = [Ns::Type, Ns::Value, Ns::Macro];

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Def {
    Mod(ModId),
    Node(NodeId),
    /// A variant of an enum, by its place.
    Variant(NodeId, u32),
    /// Something of a package that is not read, by its full path.
    Foreign(Symbol, PackageId),
    /// A primitive type.
    Prim(Symbol),
}

impl Def {
    /// Whether it is something of a package that is not read.
    pub(crate) fn is_of_package(&self) -> bool {
        matches!(self, Def::Foreign(_, package) if *package != STD)
    }
}

/// Who may use a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vis {
    Public,
    In(ModId),
}

/// A name in a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Binding {
    pub(crate) def: Def,
    pub(crate) vis: Vis,
    /// The import that brings it.
    pub(crate) import: Option<u32>,
}

/// A module.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) krate: CrateId,
    pub(crate) parent: Option<ModId>,
    pub(crate) name: Symbol,
    /// The anonymous module of a block: names are looked up in its parent too.
    pub(crate) is_block: bool,
    /// The function in whose body it stands.
    pub(crate) owner: Option<NodeId>,
    /// Definitions.
    pub(crate) defined: HashMap<(Ns, Symbol), Vec<Binding>>,
    /// What its named imports mean, as far as the fixpoint has come.
    pub(crate) imported: HashMap<(Ns, Symbol), Vec<Binding>>,
    pub(crate) imports: Vec<u32>,
    pub(crate) globs: Vec<u32>,
    /// Macro calls that could not be expanded and items with foreign derives or attributes: they may define any name.
    pub(crate) generators: Vec<NodeId>,
    /// The module with a package's attribute that it is, or stands in: a macro is given all that is in it.
    pub(crate) attributed: Option<NodeId>,
    /// The textual macro scope at its end, for blocks.
    pub(crate) env: EnvId,
    /// Traits imported as `_`.
    pub(crate) anonymous: Vec<u32>,
}

/// An import.
#[derive(Debug)]
pub(crate) struct Import {
    pub(crate) module: ModId,
    pub(crate) path: Vec<Symbol>,
    pub(crate) global: bool,
    pub(crate) glob: bool,
    pub(crate) only_types: bool,
    pub(crate) name: Symbol,
    pub(crate) vis: Vis,
    pub(crate) env: EnvId,
    /// What the path means, of each namespace: by the fixpoint.
    pub(crate) targets: Vec<(Ns, Def)>,
    pub(crate) at: (FileId, Pos),
}

/// A crate.
#[derive(Debug)]
pub(crate) struct Crate {
    /// The name that ids begin with.
    pub(crate) id_name: String,
    pub(crate) edition: u16,
    pub(crate) root: ModId,
    pub(crate) target: String,
    /// The name of its package, where it is not the package that is analysed.
    pub(crate) package: Option<String>,
    pub(crate) externs: HashMap<Symbol, Extern>,
    /// Those of them that only tests, examples and benches ask for.
    pub(crate) for_tests: HashSet<Symbol>,
    pub(crate) cfg: CfgSet,
    pub(crate) cfg_id: CfgId,
    /// Crates and packages brought in by `#[macro_use] extern crate`.
    pub(crate) macro_use: Vec<Extern>,
    /// The crate's cfg of Cargo's env variables: `CARGO_PKG_VERSION` and the like.
    pub(crate) env: HashMap<String, String>,
    pub(crate) dir: PathBuf,
    /// Of a package other than the analysed one: what its build script may make of it that is not known here.
    pub(crate) script: Script,
}

/// What another package's build script may make of a crate. It may run after this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Script {
    /// There is none.
    None,
    /// Variables and flags for the compiler.
    Settings,
    /// Sources and other files, too: the crate names OUT_DIR.
    Files,
}

/// What an extern name leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extern {
    Crate(CrateId),
    Package(PackageId, Symbol),
}

/// An item's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Fn,
    Struct,
    Enum,
    Union,
    Trait,
    Impl,
    Type,
    Const,
    Static,
    Macro,
    /// A module that a macro is given; others are no items.
    Mod,
    /// A macro call that is not expanded, or tokens that syn does not know.
    Call,
    Package,
    File,
    Env,
}

impl Kind {
    /// As it stands in the JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Fn => "fn",
            Kind::Struct => "struct",
            Kind::Enum => "enum",
            Kind::Union => "union",
            Kind::Trait => "trait",
            Kind::Impl => "impl",
            Kind::Type => "type",
            Kind::Const => "const",
            Kind::Static => "static",
            Kind::Macro | Kind::Call => "macro",
            Kind::Mod => "mod",
            Kind::Package => "package",
            Kind::File => "file",
            Kind::Env => "env",
        }
    }
}

/// What a node was made from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source<'a> {
    Item(&'a ir::Item),
    Call(&'a ir::MacroCall),
}

/// An item.
#[derive(Clone, Debug)]
pub(crate) struct Node<'a> {
    pub(crate) kind: Kind,
    pub(crate) name: Symbol,
    pub(crate) krate: CrateId,
    pub(crate) module: ModId,
    /// The impl or trait that it is a member of.
    pub(crate) parent: Option<NodeId>,
    pub(crate) file: FileId,
    pub(crate) start: Pos,
    pub(crate) name_at: Pos,
    pub(crate) end_line: u32,
    pub(crate) source: Source<'a>,
    /// Of a macro call; items know theirs.
    pub(crate) call_tokens: [u8; 32],
    pub(crate) switches: Switches,
    pub(crate) env: EnvId,
    pub(crate) instance: InstanceId,
    /// The macro whose expansion it comes from.
    pub(crate) made_by: Option<NodeId>,
    /// Unit tests and what else only `cfg(test)` compiles.
    pub(crate) test_only: bool,
}

impl<'a> Node<'a> {
    pub(crate) fn item(&self) -> Option<&'a ir::Item> {
        match self.source {
            Source::Item(item) => Some(item),
            _ => None,
        }
    }

    /// The hash of its own tokens.
    pub(crate) fn tokens(&self) -> [u8; 32] {
        match self.source {
            Source::Item(item) => item.tokens(),
            Source::Call(_) => self.call_tokens,
        }
    }

    pub(crate) fn function(&self) -> Option<&'a ir::Function> {
        match self.item().map(|item| &item.kind) {
            Some(ir::ItemKind::Fn(function)) => Some(function),
            _ => None,
        }
    }

    pub(crate) fn is_type(&self) -> bool {
        matches!(self.kind, Kind::Struct | Kind::Enum | Kind::Union)
    }
}

/// A file.
#[derive(Clone, Debug)]
pub(crate) struct FileInfo {
    /// Its path on this machine.
    pub(crate) path: PathBuf,
    /// Its path relative to its package's root, with `/`.
    pub(crate) shown: String,
}

/// A `macro_rules!` definition's place in the textual order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EnvEntry {
    pub(crate) name: Symbol,
    pub(crate) node: NodeId,
    /// Whether it stands in a body, whose items are known before its statements.
    pub(crate) in_body: bool,
    pub(crate) before: EnvId,
}

/// Something that the analysis over-approximated or could not see.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Unseen {
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) reason: String,
}

/// The linked program.
pub(crate) struct World<'a> {
    pub(crate) arenas: &'a Arenas,
    pub(crate) crates: Vec<Crate>,
    pub(crate) modules: Vec<Module>,
    pub(crate) imports: Vec<Import>,
    pub(crate) nodes: Vec<Node<'a>>,
    pub(crate) files: Vec<FileInfo>,
    pub(crate) envs: Vec<EnvEntry>,
    /// The anonymous modules of blocks.
    pub(crate) scopes: HashMap<(InstanceId, u32), ModId>,
    pub(crate) instances: u32,
    /// Members of impls and traits.
    pub(crate) members: HashMap<NodeId, Vec<NodeId>>,
    pub(crate) impls: Vec<NodeId>,
    /// Files that did not parse or are missing, with the module that they would have filled.
    pub(crate) broken: Vec<(ModId, Unseen)>,
    /// What calls in bodies expanded to that define items, by instance and the call's address.
    pub(crate) expansions: HashMap<(InstanceId, usize), (&'a ir::Block, InstanceId)>,
    /// By the same: the textual scope of calls in bodies after a call that has defined macros.
    pub(crate) call_envs: HashMap<(InstanceId, usize), EnvId>,
    pub(crate) packages: Vec<PackageInfo>,
    pub(crate) notes: Vec<Unseen>,
    /// Files that `include!` names and that could not be read.
    pub(crate) not_read: BTreeSet<PathBuf>,
}

/// A package whose source is not read.
#[derive(Clone, Debug)]
pub(crate) struct PackageInfo {
    pub(crate) name: String,
    /// The name that its types' paths begin with.
    pub(crate) crate_name: String,
    /// Whether its hash tells all changes of its code, which that of a local package without sources does not.
    pub(crate) is_fixed: bool,
    /// Whether there may be checkpointed functions in it.
    pub(crate) may_be_checkpointed: bool,
    pub(crate) version: String,
    pub(crate) hash: [u8; 32],
}

impl<'a> World<'a> {
    pub(crate) fn new(arenas: &'a Arenas) -> Self {
        World {
            arenas,
            crates: Vec::new(),
            modules: Vec::new(),
            imports: Vec::new(),
            nodes: Vec::new(),
            files: Vec::new(),
            envs: Vec::new(),
            scopes: HashMap::default(),
            instances: 0,
            members: HashMap::default(),
            impls: Vec::new(),
            broken: Vec::new(),
            expansions: HashMap::default(),
            call_envs: HashMap::default(),
            packages: Vec::new(),
            notes: Vec::new(),
            not_read: BTreeSet::new(),
        }
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node<'a> {
        &self.nodes[id.0 as usize]
    }

    pub(crate) fn module(&self, id: ModId) -> &Module {
        &self.modules[id.0 as usize]
    }

    pub(crate) fn krate(&self, id: CrateId) -> &Crate {
        &self.crates[id.0 as usize]
    }

    pub(crate) fn file(&self, id: FileId) -> &FileInfo {
        &self.files[id.0 as usize]
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    pub(crate) fn push_node(&mut self, node: Node<'a>) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(node);
        id
    }

    pub(crate) fn push_module(&mut self, module: Module) -> ModId {
        let id = ModId(self.modules.len() as u32);
        self.modules.push(module);
        id
    }

    pub(crate) fn new_instance(&mut self) -> InstanceId {
        self.instances += 1;
        InstanceId(self.instances - 1)
    }

    pub(crate) fn members(&self, of: NodeId) -> &[NodeId] {
        self.members.get(&of).map_or(&[], Vec::as_slice)
    }

    /// The nearest enclosing module that is no block.
    pub(crate) fn named_module(&self, mut module: ModId) -> ModId {
        while self.module(module).is_block {
            match self.module(module).parent {
                Some(parent) => module = parent,
                None => break,
            }
        }
        module
    }

    pub(crate) fn is_within(&self, mut module: ModId, ancestor: ModId) -> bool {
        loop {
            if module == ancestor {
                return true;
            }
            match self.module(module).parent {
                Some(parent) => module = parent,
                None => return false,
            }
        }
    }

    pub(crate) fn unseen(&self, file: FileId, at: Pos, reason: impl Into<String>) -> Unseen {
        Unseen {
            file: self.file(file).shown.clone(),
            line: at.line,
            column: at.column,
            reason: reason.into(),
        }
    }

    /// What a call in a body expanded to, if it defines items.
    pub(crate) fn expansion(
        &self,
        instance: InstanceId,
        call: &ir::MacroCall,
    ) -> Option<(&'a ir::Block, InstanceId)> {
        self.expansions
            .get(&(instance, std::ptr::from_ref(call) as usize))
            .copied()
    }

    /// The macro that a name means in textual order.
    pub(crate) fn textual_macro(&self, mut env: EnvId, name: Symbol) -> Option<NodeId> {
        while env != NO_MACROS {
            let entry = self.envs[env.0 as usize];
            if entry.name == name {
                return Some(entry.node);
            }
            env = entry.before;
        }
        None
    }

    /// The macros that a name may mean at a place of a body, in textual order. Where an expansion hides which of two definitions
    /// comes first, both count.
    pub(crate) fn textual_macros(
        &self,
        mut env: EnvId,
        name: Symbol,
        (file, at): (FileId, Pos),
    ) -> Vec<NodeId> {
        let mut found = Vec::new();
        while env != NO_MACROS {
            let entry = self.envs[env.0 as usize];
            env = entry.before;
            if entry.name != name {
                continue;
            }
            let node = self.node(entry.node);
            let unclear = node.file != file || node.start.line == 0 || at.line == 0;
            let order = if unclear {
                Ordering::Equal
            } else {
                node.start.cmp(&at)
            };
            if !entry.in_body || order.is_le() {
                found.push(entry.node);
            }
            if !entry.in_body || order.is_lt() {
                break;
            }
        }
        found
    }

    /// The textual scope of a call in a body, where it is not that of its block.
    pub(crate) fn call_env(&self, instance: InstanceId, call: &ir::MacroCall) -> Option<EnvId> {
        let address = std::ptr::from_ref(call) as usize;
        self.call_envs.get(&(instance, address)).copied()
    }
}
