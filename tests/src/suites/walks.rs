//! Everything that reads an answer, run over one text without touching the heap.

use doorward_core::challenge::{ChallengeData, read, read_parameters};
use doorward_core::diagnose::{Response, Sent, diagnose};
use doorward_core::request::Field;
use doorward_core::time::UnixTime;
use doorward_core::wire::answer_body::AnswerBody;
use doorward_core::wire::retry_after::RetryAfter;
use doorward_core::wire::structured::{BareItem, Dictionary, Item, List, Member, Parameters};
use doorward_core::wire::{http_date, proxy_status, via};

const NOW: UnixTime = UnixTime::from_seconds(1_795_387_431);

/// Reads the text as each field that an answer may have, and as its body; gives how much was found in it.
#[must_use]
pub fn all(text: &[u8]) -> usize {
    challenges(text) + structured(text) + others(text) + answer(text)
}

fn challenges(text: &[u8]) -> usize {
    let parameters = read_parameters(text).map_or(0, |all| all.iter().count());
    let one = |data| match data {
        ChallengeData::None => 1,
        ChallengeData::Token68(text) => text.len(),
        ChallengeData::Parameters(all) => all.iter().map(|(_, value)| value.bytes().count()).sum(),
    };
    parameters + read(text).flatten().map(|challenge| one(challenge.data)).sum::<usize>()
}

fn structured(text: &[u8]) -> usize {
    let list = List::parse(text).map_or(0, |list| list.members().map(member).sum());
    let one = |(key, value): (&[u8], _)| key.len() + member(value);
    let dictionary = Dictionary::parse(text).map_or(0, |all| all.members().map(one).sum());
    list + dictionary + Item::parse(text).map_or(0, item)
}

fn member(member: Member<'_>) -> usize {
    match member {
        Member::Item(found) => item(found),
        Member::InnerList(list) => list.items().map(item).sum::<usize>() + parameters(list.parameters),
    }
}

fn item(item: Item<'_>) -> usize {
    bare(item.value) + parameters(item.parameters)
}

fn parameters(all: Parameters<'_>) -> usize {
    all.iter().map(|(key, value)| key.len() + bare(value)).sum()
}

fn bare(value: BareItem<'_>) -> usize {
    match value {
        BareItem::String(text) => text.bytes().count(),
        BareItem::ByteSequence(bytes) => bytes.bytes().count(),
        BareItem::DisplayString(text) => text.bytes().count(),
        BareItem::Token(text) => text.len(),
        BareItem::Integer(_) | BareItem::Decimal(_) | BareItem::Boolean(_) | BareItem::Date(_) => 1,
    }
}

fn others(text: &[u8]) -> usize {
    let hops = proxy_status::read(text).map_or(0, Iterator::count);
    let dates = [http_date::parse(text, NOW).is_some(), RetryAfter::parse(text, NOW).is_some()];
    hops + via::read(text).count() + dates.into_iter().filter(|read| *read).count()
}

fn answer(text: &[u8]) -> usize {
    let body = AnswerBody::new(text);
    let texts = [body.code(), body.message(), body.oauth_error(), body.problem_type()];
    let words = texts.into_iter().flatten().map(|text| text.bytes().count()).sum::<usize>();
    let fields =
        ["www-authenticate", "proxy-authenticate", "proxy-status", "via", "date", "retry-after", "server"]
            .map(|name| Field::new(name, text));
    let answer = Response { status: 401, fields: &fields, body: text };
    let sent = Sent { scheme: Some(b"Bearer"), url: b"https://api.example/", ..Sent::default() };
    words + usize::from(diagnose(&sent, &answer, NOW).is_refusal())
}
