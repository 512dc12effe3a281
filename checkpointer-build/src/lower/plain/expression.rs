//! Operands: what operators stand between.

use super::operator::precedence::COMPARE;
use super::tokens::Kind;
use super::{Form, Plain};
use crate::ir::{Arm, Expr, UnaryOp};

impl Plain<'_> {
    pub(super) fn unary(&mut self, structs: bool) -> Option<(Expr, Form)> {
        self.deeper(|plain| plain.unary_inside(structs))
    }

    fn unary_inside(&mut self, structs: bool) -> Option<(Expr, Form)> {
        let operator = match self.peek() {
            token if token.kind != Kind::Punct => return self.trailed(structs),
            token => token.byte,
        };
        let operator = match operator {
            b'&' => {
                self.take(b"&")?;
                let behind = self.ahead(1);
                let behind = match behind.kind {
                    Kind::Word => self.text_of(behind),
                    _ => "",
                };
                if self.is_word("raw") && matches!(behind, "mut" | "const") {
                    self.take_word("raw")?;
                    self.take_word(behind)?;
                } else if self.is_word("mut") {
                    self.take_word("mut")?;
                }
                let (operand, _) = self.unary(structs)?;
                return Some((Expr::Reference(Box::new(operand)), Form::Other));
            }
            b'*' => UnaryOp::Deref,
            b'!' => UnaryOp::Not,
            b'-' => UnaryOp::Neg,
            _ => return self.trailed(structs),
        };
        let written = [self.peek().byte];
        self.take(&written)?;
        let (operand, _) = self.unary(structs)?;
        Some((Expr::Unary(operator, Box::new(operand)), Form::Other))
    }

    fn trailed(&mut self, structs: bool) -> Option<(Expr, Form)> {
        let first = self.atom(structs)?;
        self.trailers(first)
    }

    fn atom(&mut self, structs: bool) -> Option<(Expr, Form)> {
        let token = self.peek();
        match (token.kind, token.byte) {
            (Kind::Number | Kind::Text, _) => self.literal(),
            (Kind::Open, b'(') => self.parentheses(),
            (Kind::Open, b'[') => self.brackets(),
            (Kind::Open, b'{') => self.braces(),
            (Kind::Lifetime, _) => self.labelled(),
            (Kind::Punct, b'|') => self.closure(structs),
            (Kind::Punct, b'.') => {
                if !matches!(self.puncts(), [b'.', b'.', _]) {
                    return None;
                }
                let (end, closed) = self.range_end(structs)?;
                Some((Expr::Range(None, end, closed), Form::Range))
            }
            (Kind::Punct, b':' | b'<') => self.path_expr(structs),
            (Kind::Word, _) => self.word_expr(structs),
            _ => None,
        }
    }

    fn word_expr(&mut self, structs: bool) -> Option<(Expr, Form)> {
        match self.word() {
            "true" | "false" => self.literal(),
            "if" => self.branch(),
            "match" => self.selection(),
            "while" => self.while_loop(),
            "for" => self.for_loop(),
            "loop" => {
                self.take_word("loop")?;
                let body = self.block()?;
                Some((Expr::Loop(Box::new(body.0)), Form::BlockLike))
            }
            "unsafe" => {
                self.take_word("unsafe")?;
                let body = self.block()?;
                Some((Expr::Block(Box::new(body.0)), Form::BlockLike))
            }
            "async" => {
                let behind = self.ahead(1);
                let moves = behind.kind == Kind::Word && self.text_of(behind) == "move";
                let brace = self.ahead(if moves { 2 } else { 1 });
                if brace.kind != Kind::Open || brace.byte != b'{' {
                    return self.closure(structs);
                }
                self.take_word("async")?;
                if moves {
                    self.take_word("move")?;
                }
                let body = self.block()?;
                Some((Expr::Async(Box::new(body.0)), Form::Other))
            }
            "move" => self.closure(structs),
            "let" => {
                self.take_word("let")?;
                let pattern = self.pattern_with_cases()?;
                self.take_lone_equals()?;
                let first = self.unary(structs)?;
                let (value, _) = self.operators(first, structs, COMPARE)?;
                Some((Expr::Let(Box::new(pattern), Box::new(value)), Form::Other))
            }
            "return" => {
                self.take_word("return")?;
                let value = self.value_of_jump(true)?;
                Some((Expr::Return(value), Form::Jump))
            }
            "break" => {
                self.take_word("break")?;
                if self.peek().kind == Kind::Lifetime {
                    self.write_lifetime();
                    if matches!(self.puncts(), [b':', ..]) {
                        return None;
                    }
                }
                let value = self.value_of_jump(structs)?;
                Some((Expr::Break(value), Form::Jump))
            }
            "continue" => {
                self.take_word("continue")?;
                if self.peek().kind == Kind::Lifetime {
                    self.write_lifetime();
                }
                Some((Expr::Break(None), Form::Jump))
            }
            "_" => {
                self.take_word("_")?;
                Some((Expr::Infer, Form::Other))
            }
            _ => self.path_expr(structs),
        }
    }

    pub(super) fn take_lone_equals(&mut self) -> Option<()> {
        match self.puncts() {
            [b'=', b'=' | b'>', _] => None,
            _ => self.take(b"="),
        }
    }

    /// What follows `return` or `break`; before a block where no struct may begin, nothing.
    fn value_of_jump(&mut self, before_braces: bool) -> Option<Option<Box<Expr>>> {
        let token = self.peek();
        let follows = match token.kind {
            Kind::Word => !self.is_word("as"),
            Kind::Open => before_braces || token.byte != b'{',
            Kind::Number | Kind::Text | Kind::Lifetime => true,
            Kind::Close | Kind::End => false,
            Kind::Punct => match self.puncts() {
                [b'!' | b'*' | b'|' | b'&', after, _] => after != b'=',
                [b'-', after, _] => !matches!(after, b'=' | b'>'),
                [b'.', after, _] => after == b'.',
                [b'<', b'=', _] | [b'<', b'<', b'='] => false,
                [b'<', ..] | [b':', b':', _] => true,
                _ => false,
            },
        };
        if !follows {
            return Some(None);
        }
        let (value, _) = self.expr()?;
        Some(Some(Box::new(value)))
    }

    fn labelled(&mut self) -> Option<(Expr, Form)> {
        self.write_lifetime();
        if self.is_colons() {
            return None;
        }
        self.take(b":")?;
        match self.word() {
            "while" | "for" | "loop" => self.word_expr(true),
            _ => {
                let (block, _) = self.block()?;
                Some((Expr::Block(Box::new(block)), Form::BlockLike))
            }
        }
    }

    fn braces(&mut self) -> Option<(Expr, Form)> {
        let (block, alone) = self.block()?;
        Some((Expr::Block(Box::new(block)), Form::Block(alone)))
    }

    fn parentheses(&mut self) -> Option<(Expr, Form)> {
        let start = self.out.len();
        self.open(b'(')?;
        if self.is_close() {
            self.close(b')')?;
            return Some((Expr::Tuple(Vec::new()), Form::Other));
        }
        let (first, form) = self.expr()?;
        if self.is_close() {
            self.close(b')')?;
            if form == Form::Paren {
                self.unwrap(start, 1);
            }
            return Some((first, Form::Paren));
        }
        let mut parts = vec![first];
        while !self.is_close() {
            self.comma()?;
            if self.is_close() {
                break;
            }
            parts.push(self.expr()?.0);
        }
        if parts.len() == 1 {
            self.write_operator(b",");
        }
        self.close(b')')?;
        Some((Expr::Tuple(parts), Form::Other))
    }

    fn brackets(&mut self) -> Option<(Expr, Form)> {
        self.open(b'[')?;
        if self.is_close() {
            self.close(b']')?;
            return Some((Expr::Array(Vec::new()), Form::Other));
        }
        let (first, _) = self.expr()?;
        if self.is_punct(b';') {
            self.take(b";")?;
            let start = self.next;
            let (length, form) = self.expr()?;
            let number = self.length(start, form)?;
            self.close(b']')?;
            return Some((
                Expr::Repeat(Box::new(first), Box::new(length), number),
                Form::Other,
            ));
        }
        let mut parts = vec![first];
        while !self.is_close() {
            self.comma()?;
            if self.is_close() {
                break;
            }
            parts.push(self.expr()?.0);
        }
        self.close(b']')?;
        Some((Expr::Array(parts), Form::Other))
    }

    fn branch(&mut self) -> Option<(Expr, Form)> {
        self.take_word("if")?;
        let (condition, _) = self.expr_in(false)?;
        let (then, _) = self.block()?;
        let otherwise = if self.is_word("else") {
            self.take_word("else")?;
            let (otherwise, _) = self.deeper(|plain| match plain.word() {
                "if" => plain.branch(),
                _ => plain.braces(),
            })?;
            Some(Box::new(otherwise))
        } else {
            None
        };
        Some((
            Expr::If(Box::new(condition), Box::new(then), otherwise),
            Form::BlockLike,
        ))
    }

    fn while_loop(&mut self) -> Option<(Expr, Form)> {
        self.take_word("while")?;
        let (condition, _) = self.expr_in(false)?;
        let (body, _) = self.block()?;
        Some((
            Expr::While(Box::new(condition), Box::new(body)),
            Form::BlockLike,
        ))
    }

    fn for_loop(&mut self) -> Option<(Expr, Form)> {
        self.take_word("for")?;
        if self.is_punct(b'<') {
            return None;
        }
        let pattern = self.pattern_with_cases()?;
        self.take_word("in")?;
        let (over, _) = self.expr_in(false)?;
        let (body, _) = self.block()?;
        Some((
            Expr::For(Box::new(pattern), Box::new(over), Box::new(body)),
            Form::BlockLike,
        ))
    }

    fn selection(&mut self) -> Option<(Expr, Form)> {
        self.take_word("match")?;
        let (value, _) = self.expr_in(false)?;
        self.open(b'{')?;
        let mut arms = Vec::new();
        while !self.is_close() {
            arms.push(self.arm()?);
        }
        self.close(b'}')?;
        Some((Expr::Match(Box::new(value), arms), Form::BlockLike))
    }

    fn arm(&mut self) -> Option<Arm> {
        let pattern = self.pattern_with_cases()?;
        let guard = if self.is_word("if") {
            self.take_word("if")?;
            Some(self.expr()?.0)
        } else {
            None
        };
        self.take(b"=>")?;
        let start = self.out.len();
        let (body, form) = self.boundary()?;
        if let Form::Block(alone) = form {
            self.unwrap(start, alone as usize);
        }
        if self.is_punct(b',') {
            self.next += 1;
        } else if !form.ends() && !self.is_close() {
            return None;
        }
        self.write_operator(b",");
        Some(Arm {
            cfg: Vec::new(),
            pattern,
            guard,
            body,
        })
    }

    /// An expression where a statement or arm stands: one that ends in a block ends there.
    pub(super) fn boundary(&mut self) -> Option<(Expr, Form)> {
        let token = self.peek();
        let is_block_like = token.kind == Kind::Lifetime
            || self.is_open(b'{')
            || matches!(
                self.word(),
                "if" | "while" | "for" | "loop" | "match" | "unsafe"
            );
        let first = match is_block_like {
            true => self.atom(true)?,
            false => self.unary(true)?,
        };
        if !first.1.ends() {
            return self.operators(first, true, 0);
        }
        match self.puncts() {
            [b'.', after, _] if after != b'.' => {}
            [b'?', ..] => {}
            _ => return Some(first),
        }
        let first = self.trailers(first)?;
        self.operators(first, true, 0)
    }
}
