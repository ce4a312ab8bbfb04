//! What the terminal before us can show.

use std::io::IsTerminal;

use crate::escape::Charset;

/// The width where nothing says another.
pub const DEFAULT_WIDTH: usize = 80;

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Box drawing or ASCII.
    pub charset: Charset,
    /// Colours or none.
    pub colours: Colours,
    /// Columns of the terminal.
    pub width: usize,
}

/// Whether to use ANSI colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// Plain text.
    Plain,
    /// SGR sequences (ECMA-48 §8.3.117).
    Ansi,
}

/// What the surroundings say of standard output.
#[derive(Debug, Clone, Default)]
struct Surroundings {
    /// Columns, where standard output is a terminal.
    terminal: Option<usize>,
    columns: Option<String>,
    no_color: Option<String>,
    term: Option<String>,
    /// The first of LC_ALL, LC_CTYPE, LANG that is set (POSIX XBD §8.2).
    locale: Option<String>,
}

impl Style {
    /// The style that standard output asks for: plain when it is no terminal or `NO_COLOR` is set, ASCII unless the
    /// locale is UTF-8, as wide as the terminal.
    #[must_use]
    pub fn of_stdout() -> Style {
        let stdout = std::io::stdout();
        let terminal = stdout.is_terminal().then(|| {
            rustix::termios::tcgetwinsize(&stdout)
                .ok()
                .map(|size| usize::from(size.ws_col))
                .filter(|&columns| columns > 0)
                .unwrap_or(DEFAULT_WIDTH)
        });
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Style::of(&Surroundings {
            terminal,
            columns: set("COLUMNS"),
            no_color: set("NO_COLOR"),
            term: set("TERM"),
            locale: set("LC_ALL")
                .or_else(|| set("LC_CTYPE"))
                .or_else(|| set("LANG")),
        })
    }

    fn of(surroundings: &Surroundings) -> Style {
        let utf8 = surroundings.locale.as_deref().is_some_and(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        let coloured = surroundings.terminal.is_some()
            && surroundings.no_color.is_none()
            && surroundings.term.as_deref() != Some("dumb");
        let asked = || surroundings.columns.as_ref()?.parse().ok();
        Style {
            charset: if utf8 {
                Charset::Unicode
            } else {
                Charset::Ascii
            },
            colours: if coloured {
                Colours::Ansi
            } else {
                Colours::Plain
            },
            width: surroundings
                .terminal
                .or_else(asked)
                .unwrap_or(DEFAULT_WIDTH),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_a_terminal() -> Surroundings {
        Surroundings {
            terminal: Some(120),
            locale: Some("en_GB.UTF-8".to_owned()),
            term: Some("xterm-256color".to_owned()),
            ..Surroundings::default()
        }
    }

    #[test]
    fn a_utf8_terminal_gets_everything() {
        let style = Style::of(&at_a_terminal());
        assert_eq!(
            style,
            Style {
                charset: Charset::Unicode,
                colours: Colours::Ansi,
                width: 120
            }
        );
    }

    #[test]
    fn no_color_dumb_terminals_and_pipes_are_plain() {
        let no_color = Surroundings {
            no_color: Some("1".to_owned()),
            ..at_a_terminal()
        };
        assert_eq!(Style::of(&no_color).colours, Colours::Plain);
        let dumb = Surroundings {
            term: Some("dumb".to_owned()),
            ..at_a_terminal()
        };
        assert_eq!(Style::of(&dumb).colours, Colours::Plain);
        let pipe = Surroundings {
            terminal: None,
            ..at_a_terminal()
        };
        assert_eq!(Style::of(&pipe).colours, Colours::Plain);
        assert_eq!(Style::of(&pipe).width, DEFAULT_WIDTH);
        let wide_pipe = Surroundings {
            columns: Some("132".to_owned()),
            ..pipe
        };
        assert_eq!(Style::of(&wide_pipe).width, 132);
    }

    #[test]
    fn a_locale_without_utf8_is_ascii() {
        for (locale, charset) in [
            (None, Charset::Ascii),
            (Some("C"), Charset::Ascii),
            (Some("de_DE.ISO-8859-1"), Charset::Ascii),
            (Some("C.utf8"), Charset::Unicode),
        ] {
            let surroundings = Surroundings {
                locale: locale.map(str::to_owned),
                ..at_a_terminal()
            };
            assert_eq!(Style::of(&surroundings).charset, charset, "{locale:?}");
        }
    }
}
