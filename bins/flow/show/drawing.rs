//! What is drawn, in the format that is asked for.

use std::io::Write;

use flow::{
    Belonging, Checker, Correlation, Event, Fold, Folded, Ladder, Names, Nodes, Page, Picture,
    Show, Style, Times, html, json, svg,
};

use super::error::ShowError;
use super::told::Told;

/// Nodes of a pipe whose messages are written as JSON; others are called by their addresses.
const MAX_NODES_OF_A_PIPE: usize = 4_096;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// The ladder as text.
    Text,
    /// The same as a picture.
    Svg,
    /// As a page.
    Html,
    /// A line a message.
    Json,
}

impl Format {
    /// Whether it says to whom messages belong.
    pub(crate) fn tells_subscribers(self) -> bool {
        matches!(self, Format::Html | Format::Json)
    }

    /// How long names may be.
    pub(crate) fn names(self) -> Names {
        match self {
            Format::Text => Names::Short,
            Format::Svg | Format::Html | Format::Json => Names::Whole,
        }
    }
}

/// A format with what it has so far.
pub(crate) struct Drawing {
    out: Box<dyn Write>,
    show: Show,
    fold: Option<Fold>,
    sheet: Sheet,
    drawn: u64,
}

enum Sheet {
    Text(Ladder),
    Svg(Picture),
    Html(Box<Page>, Box<Checker>),
    Json,
}

impl Drawing {
    /// Nothing is drawn yet.
    pub(crate) fn new(
        format: Format,
        title: &str,
        style: Style,
        show: Show,
        fold: Folding,
        out: Box<dyn Write>,
    ) -> Drawing {
        let times = match fold {
            Folding::Yes => Times::StartAndDuration,
            Folding::No => Times::Start,
        };
        Drawing {
            out,
            show,
            fold: (fold == Folding::Yes).then(Fold::default),
            sheet: match format {
                Format::Text => Sheet::Text(Ladder::new(style, show).with_times(times)),
                Format::Svg => Sheet::Svg(Picture::new(title)),
                Format::Html => Sheet::Html(Box::new(Page::new(title)), Box::default()),
                Format::Json => Sheet::Json,
            },
            drawn: 0,
        }
    }

    /// How many nodes have room.
    pub(crate) fn columns(&self) -> usize {
        match &self.sheet {
            Sheet::Text(ladder) => ladder.columns_that_fit(),
            Sheet::Svg(_) => svg::MAX_COLUMNS,
            Sheet::Html(..) => html::MAX_COLUMNS,
            Sheet::Json => MAX_NODES_OF_A_PIPE,
        }
    }

    /// How many messages were drawn.
    pub(crate) fn drawn(&self) -> u64 {
        self.drawn
    }

    /// Takes note of a message, whether it will be drawn or not: what is wrong with others may show by it.
    pub(crate) fn see(&mut self, event: &Event) {
        if let Sheet::Html(_, checker) = &mut self.sheet {
            checker.take(event);
        }
    }

    /// Draws a message, where it is to be shown.
    pub(crate) fn draw(
        &mut self,
        event: Event,
        belonging: &Belonging,
        correlation: Option<&Correlation>,
        nodes: &Nodes,
    ) -> Result<(), ShowError> {
        if !self.show.includes(event.purpose) {
            return Ok(());
        }
        self.drawn += 1;
        if let Some(fold) = &mut self.fold {
            for folded in fold.push(event) {
                self.put(&folded, nodes)?;
            }
            return Ok(());
        }
        match (&mut self.sheet, correlation) {
            (Sheet::Html(page, _), Some(correlation)) => page.draw(&event, belonging, correlation),
            (Sheet::Json, Some(correlation)) => {
                let line = json::message(&event, belonging, correlation, nodes);
                writeln!(self.out, "{line}")?;
            }
            _ => self.put(&Folded { event, took: None }, nodes)?,
        }
        Ok(())
    }

    fn put(&mut self, folded: &Folded, nodes: &Nodes) -> Result<(), ShowError> {
        let Folded { event, took } = folded;
        match &mut self.sheet {
            Sheet::Text(ladder) => {
                let lines = ladder.draw_folded(nodes, event, *took);
                self.out.write_all(lines.as_bytes())?;
            }
            Sheet::Svg(picture) => picture.draw(event, *took),
            Sheet::Html(..) | Sheet::Json => {}
        }
        Ok(())
    }

    /// What is drawn so far can be read.
    pub(crate) fn flush(&mut self) -> Result<(), ShowError> {
        Ok(self.out.flush()?)
    }

    /// The rest, and what is told beside; says where there was no room for all.
    pub(crate) fn finish(&mut self, nodes: &Nodes, told: &Told) -> Result<Option<Cut>, ShowError> {
        if let Some(mut fold) = self.fold.take() {
            for folded in fold.finish() {
                self.put(&folded, nodes)?;
            }
        }
        let (after, more) = match &mut self.sheet {
            Sheet::Text(_) => (0, 0),
            Sheet::Svg(picture) => {
                let file = picture.finish(nodes, &told.texts());
                self.out.write_all(file.as_bytes())?;
                (picture.drawn(), picture.cut())
            }
            Sheet::Html(page, checker) => {
                let findings = std::mem::take(checker).finish().findings;
                let file = page.finish(nodes, &findings, &told.texts());
                self.out.write_all(file.as_bytes())?;
                (page.drawn(), page.cut())
            }
            Sheet::Json => {
                for (packets, text) in told.all() {
                    writeln!(self.out, "{}", json::notice(packets, &text))?;
                }
                (0, 0)
            }
        };
        self.out.flush()?;
        Ok((more > 0).then_some(Cut { after, more }))
    }
}

/// Where something ends that is longer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    /// Messages, or folded ones, that are drawn.
    pub(crate) after: usize,
    /// Those that are not.
    pub(crate) more: u64,
}

/// Whether requests and answers share lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folding {
    /// They do.
    Yes,
    /// Each message has its own.
    No,
}
