//! An item without its private parts, bodies and docs.

use syn::punctuated::Punctuated;
use syn::{
    Attribute, Expr, Fields, Ident, ImplItem, Item, ItemImpl, ItemMod, TraitItem, Type, UseTree,
    Visibility, parse_quote,
};

/// What of `item` others see; no module.
pub(super) fn of(mut item: Item) -> Option<Item> {
    match &mut item {
        Item::Fn(function) if is_public(&function.vis) => {
            keep(&mut function.attrs)?;
            function.block = parse_quote!({});
        }
        Item::Struct(structure) if is_public(&structure.vis) => {
            keep(&mut structure.attrs)?;
            public_fields(&mut structure.fields);
        }
        Item::Enum(choice) if is_public(&choice.vis) => {
            keep(&mut choice.attrs)?;
            for variant in &mut choice.variants {
                keep(&mut variant.attrs);
                for field in &mut variant.fields {
                    keep(&mut field.attrs);
                }
            }
        }
        Item::Trait(contract) if is_public(&contract.vis) => {
            keep(&mut contract.attrs)?;
            for item in &mut contract.items {
                match item {
                    TraitItem::Fn(function) => {
                        keep(&mut function.attrs);
                        if let Some(body) = &mut function.default {
                            *body = parse_quote!({});
                        }
                    }
                    TraitItem::Const(constant) => drop(keep(&mut constant.attrs)),
                    TraitItem::Type(kind) => drop(keep(&mut kind.attrs)),
                    _ => {}
                }
            }
        }
        Item::Impl(implementation) => return of_impl(implementation).then_some(item),
        Item::Const(constant) if is_public(&constant.vis) => {
            keep(&mut constant.attrs)?;
            *constant.expr = value(&constant.expr);
        }
        Item::Static(constant) if is_public(&constant.vis) => {
            keep(&mut constant.attrs)?;
            *constant.expr = value(&constant.expr);
        }
        Item::Type(alias) if is_public(&alias.vis) => keep(&mut alias.attrs)?,
        Item::Use(import) if is_public(&import.vis) => {
            keep(&mut import.attrs)?;
            // Where it comes from is our own matter.
            let mut names = Vec::new();
            leaves(&import.tree, &mut names);
            names.sort();
            let names: Punctuated<Ident, syn::Token![,]> = names.into_iter().collect();
            import.tree = parse_quote!({ #names });
        }
        // What a macro makes is known by what it is given.
        Item::Macro(call) if call.ident.is_none() => {
            keep(&mut call.attrs)?;
            call.mac.tokens = without_docs(call.mac.tokens.clone());
        }
        _ => return None,
    }
    Some(item)
}

/// `module` with these items.
pub(super) fn module(mut module: ItemMod, items: Vec<Item>) -> Item {
    keep(&mut module.attrs);
    module.content = Some((Default::default(), items));
    module.semi = None;
    Item::Mod(module)
}

/// The name of `item` where it is a type or a trait that others do not see.
pub(super) fn hidden_type(item: &Item) -> Option<Ident> {
    let (visibility, name) = match item {
        Item::Struct(structure) => (&structure.vis, &structure.ident),
        Item::Enum(choice) => (&choice.vis, &choice.ident),
        Item::Trait(contract) => (&contract.vis, &contract.ident),
        _ => return None,
    };
    (!is_public(visibility)).then(|| name.clone())
}

/// `items` but what `hidden` types and traits implement or are implemented for.
pub(super) fn without_impls_of(items: Vec<Item>, hidden: &[Ident]) -> Vec<Item> {
    let is_hidden = |path: &syn::Path| {
        path.segments
            .last()
            .is_some_and(|last| hidden.contains(&last.ident))
    };
    let shown = items.into_iter().filter(|item| match item {
        Item::Impl(implementation) => {
            let of_hidden = implementation
                .trait_
                .as_ref()
                .is_some_and(|(_, path, _)| is_hidden(path));
            let for_hidden = match &*implementation.self_ty {
                Type::Path(path) => is_hidden(&path.path),
                _ => false,
            };
            !of_hidden && !for_hidden
        }
        _ => true,
    });
    let inside = shown.map(|mut item| {
        if let Item::Mod(module) = &mut item
            && let Some((_, inner)) = &mut module.content
        {
            *inner = without_impls_of(std::mem::take(inner), hidden);
        }
        item
    });
    inside.collect()
}

/// Whether it is there in tests only.
pub(super) fn is_for_tests(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        attr.path().is_ident("cfg")
            && attr
                .parse_args::<syn::Path>()
                .is_ok_and(|p| p.is_ident("test"))
    })
}

/// In an order that moving an item within its file does not change.
pub(super) fn sorted(mut items: Vec<Item>) -> Vec<Item> {
    items.sort_by_cached_key(|item| {
        prettyplease::unparse(&syn::File {
            shebang: None,
            attrs: Vec::new(),
            items: vec![item.clone()],
        })
    });
    items
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Keeps of the attributes what others see; nothing of an item of tests.
fn keep(attrs: &mut Vec<Attribute>) -> Option<()> {
    let is_for_tests = is_for_tests(attrs);
    attrs.retain(|attr| {
        ["derive", "non_exhaustive", "cfg", "must_use", "repr"]
            .iter()
            .any(|kept| attr.path().is_ident(kept))
    });
    (!is_for_tests).then_some(())
}

/// Takes out private fields; that there are some is left.
fn public_fields(fields: &mut Fields) {
    match fields {
        Fields::Named(named) => {
            let count = named.named.len();
            let public = std::mem::take(&mut named.named).into_iter();
            named.named = public.filter(|field| is_public(&field.vis)).collect();
            if named.named.len() < count {
                named.named.push(parse_quote!(private: _));
            }
        }
        Fields::Unnamed(unnamed) => {
            for field in &mut unnamed.unnamed {
                if !is_public(&field.vis) {
                    field.ty = Type::Infer(parse_quote!(_));
                    field.vis = Visibility::Inherited;
                }
            }
        }
        Fields::Unit => {}
    }
    for field in fields {
        keep(&mut field.attrs);
    }
}

/// Leaves the public items of a type's own implementation, and of that of a trait only its types; whether there is
/// anything.
fn of_impl(implementation: &mut ItemImpl) -> bool {
    if keep(&mut implementation.attrs).is_none() {
        return false;
    }
    let is_of_trait = implementation.trait_.is_some();
    implementation.items.retain_mut(|item| match item {
        ImplItem::Fn(function) => {
            function.block = parse_quote!({});
            !is_of_trait && is_public(&function.vis) && keep(&mut function.attrs).is_some()
        }
        ImplItem::Const(constant) => {
            constant.expr = value(&constant.expr);
            (is_of_trait || is_public(&constant.vis)) && keep(&mut constant.attrs).is_some()
        }
        ImplItem::Type(kind) => keep(&mut kind.attrs).is_some(),
        _ => false,
    });
    is_of_trait || !implementation.items.is_empty()
}

/// A limit is part of what is promised; what is computed is not looked into.
fn value(expression: &Expr) -> Expr {
    match expression {
        Expr::Lit(_) | Expr::Unary(_) | Expr::Call(_) => expression.clone(),
        Expr::Binary(_) if is_of_literals(expression) => expression.clone(),
        _ => parse_quote!(_),
    }
}

fn is_of_literals(expression: &Expr) -> bool {
    match expression {
        Expr::Lit(_) => true,
        Expr::Binary(both) => is_of_literals(&both.left) && is_of_literals(&both.right),
        _ => false,
    }
}

/// The names that others import.
fn leaves(tree: &UseTree, names: &mut Vec<Ident>) {
    match tree {
        UseTree::Path(path) => leaves(&path.tree, names),
        UseTree::Name(name) => names.push(name.ident.clone()),
        UseTree::Rename(renamed) => names.push(renamed.rename.clone()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, names)),
        UseTree::Glob(_) => names.push(Ident::new("everything", proc_macro2::Span::call_site())),
    }
}

/// `tokens` without `#[doc = …]`.
fn without_docs(tokens: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    use proc_macro2::TokenTree;

    let is_doc = |tree: &TokenTree| match tree {
        TokenTree::Group(group) => group.stream().to_string().starts_with("doc"),
        _ => false,
    };
    let mut kept: Vec<TokenTree> = Vec::new();
    for tree in tokens {
        let follows_hash =
            matches!(kept.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#');
        if follows_hash && is_doc(&tree) {
            kept.pop();
        } else {
            kept.push(tree);
        }
    }
    kept.into_iter().collect()
}
