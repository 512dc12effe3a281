//! What a macro such as `include_str!` names: the value of a string expression made of literals,
//! `concat!`, `env!` and `stringify!`, as far as the build script can know it.

use crate::map::HashMap;
use crate::world::Crate;

/// The string that the text between a macro's parentheses comes to; `None` where it can't be known here.
pub(crate) fn string_value(text: &str, env: &HashMap<String, String>) -> Option<String> {
    let parser = syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated;
    let args = syn::parse::Parser::parse_str(parser, text).ok()?;
    value(args.first()?, env)
}

/// The variable that `env!("NAME")` or `option_env!("NAME")` reads.
pub(crate) fn variable(text: &str) -> Option<String> {
    string_value(text, &HashMap::default())
}

/// The value that a variable has for a crate. What a manifest says of its package in other words than name and version
/// counts by the whole manifest.
pub(crate) fn variable_value(name: &str, krate: &Crate) -> Option<String> {
    if let Some(what) = name.strip_prefix("CARGO_PKG_")
        && !matches!(
            what,
            "NAME"
                | "VERSION"
                | "VERSION_MAJOR"
                | "VERSION_MINOR"
                | "VERSION_PATCH"
                | "VERSION_PRE"
        )
    {
        let manifest = std::fs::read(krate.dir.join("Cargo.toml")).ok()?;
        return Some(blake3::hash(&manifest).to_hex().to_string());
    }
    krate
        .env
        .get(name)
        .cloned()
        .or_else(|| std::env::var(name).ok())
}

fn value(expr: &syn::Expr, env: &HashMap<String, String>) -> Option<String> {
    match expr {
        syn::Expr::Lit(literal) => Some(match &literal.lit {
            syn::Lit::Str(text) => text.value(),
            syn::Lit::Int(number) => number.base10_digits().to_owned(),
            syn::Lit::Float(number) => number.base10_digits().to_owned(),
            syn::Lit::Char(c) => c.value().to_string(),
            syn::Lit::Bool(b) => b.value.to_string(),
            _ => return None,
        }),
        syn::Expr::Group(group) => value(&group.expr, env),
        syn::Expr::Paren(paren) => value(&paren.expr, env),
        syn::Expr::Macro(call) => {
            let name = call.mac.path.segments.last()?.ident.to_string();
            let parser = syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated;
            match name.as_str() {
                "concat" => {
                    let args = call.mac.parse_body_with(parser).ok()?;
                    args.iter().map(|arg| value(arg, env)).collect()
                }
                "env" => {
                    let args = call.mac.parse_body_with(parser).ok()?;
                    env.get(&value(args.first()?, env)?).cloned()
                }
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_concat_and_env_have_a_value() {
        let env = HashMap::from_iter([("OUT_DIR".to_owned(), "/out".to_owned())]);
        assert_eq!(string_value("\"a.txt\"", &env).as_deref(), Some("a.txt"));
        assert_eq!(
            string_value("concat!(env!(\"OUT_DIR\"), \"/\", 1, 'x', \".rs\")", &env).as_deref(),
            Some("/out/1x.rs")
        );
        assert_eq!(string_value("concat!(env!(\"OTHER\"), \"/a\")", &env), None);
        assert_eq!(string_value("NAME", &env), None);
        assert_eq!(variable("\"HOME\", \"message\"").as_deref(), Some("HOME"));
    }
}
