//! LightMAC over AES-128: a pseudorandom function of 128 bits whose work goes side by side, not in a chain.
//!
//! A message is cut into lanes of 12 bytes. Each but the last goes through AES with its number behind it, so that no two
//! lanes of a message are one input; what comes out is added up, the last lane is added too, and the sum goes through AES
//! under a second key. Luykx, Preneel, Tischhauser and Yasuda, "A MAC Mode for Lightweight Block Ciphers", FSE 2016, with a
//! counter of 32 bits; ISO/IEC 29192-6:2019.
//!
//! A chain (CBC-MAC, CMAC) waits for each block, which takes six times as long for a token of 700 bytes. The numbers are in
//! `benches/README.md`.

use aes::cipher::consts::U16;
use aes::cipher::{
    BlockCipherEncBackend, BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser, InOut, KeyInit,
    ParBlocks,
};
use aes::{Aes128, Block};

/// Bytes of a message in one block of AES; the others hold the lane's number.
const LANE: usize = 12;

/// Bytes that are collected before they go through AES together: as many lanes as the widest hardware takes at once.
const STAGE: usize = 64 * LANE;

/// What stands behind the last bytes of a message, so that zeros at its end count.
const END: u8 = 0x80;

/// The function under one pair of keys. Both are wiped when it goes.
pub(super) struct LightMac {
    lanes: Aes128,
    last: Aes128,
}

impl LightMac {
    /// The function under these keys, which must have nothing to do with each other.
    pub(super) fn new(lanes: &[u8; 16], last: &[u8; 16]) -> Self {
        Self { lanes: Aes128::new(&(*lanes).into()), last: Aes128::new(&(*last).into()) }
    }

    /// Begins a message.
    pub(super) fn message(&self) -> Message<'_> {
        Message { mac: self, stage: [0; STAGE], used: 0, lanes: 0, sum: 0 }
    }
}

/// A message on its way through the function.
pub(super) struct Message<'a> {
    mac: &'a LightMac,
    stage: [u8; STAGE],
    /// Bytes in the stage.
    used: usize,
    /// Lanes that are in the sum.
    lanes: u32,
    sum: u128,
}

impl Message<'_> {
    /// Adds bytes to its end.
    pub(super) fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.used == STAGE {
                self.absorb(STAGE / LANE);
                self.used = 0;
            }
            let room = self.stage.get_mut(self.used..).unwrap_or_default();
            let (now, later) = bytes.split_at_checked(room.len()).unwrap_or((bytes, &[]));
            // One copy, not a loop over bytes: the piece is as long as the place for it.
            if let Some(place) = room.get_mut(..now.len()) {
                place.copy_from_slice(now);
            }
            self.used += now.len();
            bytes = later;
        }
    }

    /// Ends it.
    pub(super) fn finish(mut self) -> [u8; 16] {
        // The last lane stays out of the first sum even if it is full.
        let full = self.used.saturating_sub(1) / LANE;
        self.absorb(full);
        let rest = self.stage.get(full * LANE..self.used).unwrap_or_default();
        let mut last = [0; 16];
        for (to, from) in last.iter_mut().zip(rest.iter().chain(&[END])) {
            *to = *from;
        }
        let mut block = Block::from((u128::from_le_bytes(last) ^ self.sum).to_le_bytes());
        self.mac.last.encrypt_block(&mut block);
        block.into()
    }

    /// Takes the first lanes of the stage into the sum.
    fn absorb(&mut self, count: usize) {
        let (lanes, _) = self.stage.as_chunks();
        let lanes = lanes.get(..count).unwrap_or_default();
        self.mac.lanes.encrypt_with_backend(Absorb { lanes, number: &mut self.lanes, sum: &mut self.sum });
    }
}

/// What is done to a run of lanes, compiled once for each kind of hardware that the cipher knows.
struct Absorb<'a> {
    lanes: &'a [[u8; LANE]],
    number: &'a mut u32,
    sum: &'a mut u128,
}

impl BlockSizeUser for Absorb<'_> {
    type BlockSize = U16;
}

impl BlockCipherEncClosure for Absorb<'_> {
    #[inline(always)]
    fn call<B: BlockCipherEncBackend<BlockSize = U16>>(self, backend: &B) {
        let mut blocks = ParBlocks::<B>::default();
        let width = blocks.len();
        let mut number = *self.number;
        let mut sum = 0;
        for batch in self.lanes.chunks(width) {
            for (block, lane) in blocks.iter_mut().zip(batch) {
                let [a, b, c, d, e, f, g, h, i, j, k, l] = *lane;
                // INVARIANT: a number is never used twice in a message; where it would be, after 48 GiB, the addition
                // panics, since overflow is checked in release builds too.
                number += 1;
                let low = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
                let high = u64::from(u32::from_le_bytes([i, j, k, l])) | u64::from(number) << 32;
                *block = (u128::from(low) | u128::from(high) << 64).to_le_bytes().into();
            }
            // All blocks at once cost as much as about a quarter of them one by one; what the others hold is not looked at.
            if batch.len() * 4 > width {
                backend.encrypt_par_blocks(InOut::from(&mut blocks));
            } else {
                blocks
                    .iter_mut()
                    .take(batch.len())
                    .for_each(|block| backend.encrypt_block(InOut::from(block)));
            }
            for block in blocks.iter().take(batch.len()) {
                sum ^= u128::from_le_bytes((*block).into());
            }
        }
        *self.number = number;
        *self.sum ^= sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANES_KEY: [u8; 16] = *b"the lanes' key..";
    const LAST_KEY: [u8; 16] = *b"the last one's..";

    fn mac(pieces: &[&[u8]]) -> [u8; 16] {
        let mac = LightMac::new(&LANES_KEY, &LAST_KEY);
        let mut message = mac.message();
        pieces.iter().for_each(|piece| message.push(piece));
        message.finish()
    }

    /// The definition, one block at a time and with nothing shared but AES.
    fn by_the_book(message: &[u8]) -> [u8; 16] {
        let (lanes, last) = (Aes128::new(&LANES_KEY.into()), Aes128::new(&LAST_KEY.into()));
        let mut pieces: Vec<&[u8]> = message.chunks(LANE).collect();
        let rest = pieces.pop().unwrap_or_default();
        let mut sum = [0; 16];
        let mut add = |bytes: &[u8]| sum.iter_mut().zip(bytes).for_each(|(sum, byte)| *sum ^= byte);
        for (number, piece) in (1_u32..).zip(pieces) {
            let mut block = [0; 16];
            block[..LANE].copy_from_slice(piece);
            block[LANE..].copy_from_slice(&number.to_le_bytes());
            let mut block = Block::from(block);
            lanes.encrypt_block(&mut block);
            add(&block);
        }
        add(rest);
        sum[rest.len()] ^= END;
        let mut block = Block::from(sum);
        last.encrypt_block(&mut block);
        block.into()
    }

    fn message(length: usize) -> Vec<u8> {
        (0..length).map(|at| u8::try_from(at * 7 % 251).unwrap()).collect()
    }

    #[test]
    fn every_length_is_as_by_the_book_whatever_the_hardware_takes_at_once() {
        for length in (1..=2 * STAGE + 2 * LANE).chain([65_536]) {
            let message = message(length);
            assert_eq!(mac(&[&message]), by_the_book(&message), "{length} bytes");
        }
    }

    #[test]
    fn it_does_not_matter_in_which_pieces_a_message_comes() {
        let message = message(2 * STAGE);
        let whole = mac(&[&message]);
        for at in 0..=message.len() {
            let (first, second) = message.split_at(at);
            assert_eq!(mac(&[first, &[], second]), whole, "cut at {at}");
        }
    }

    #[test]
    fn it_gives_what_another_aes_gives() {
        // Made with AES-128-ECB of OpenSSL 3.0, block by block.
        let known: [(usize, u128); 4] = [
            (1, 0x2b08_6071_6e12_c1e5_4721_11ea_e222_69d4),
            (12, 0x551e_0a79_c549_db7d_394e_697a_ded9_5261),
            (13, 0x25dd_88a2_e5bf_17fb_bf80_c8e5_9bce_5156),
            (700, 0x1a02_fbb8_fc18_6d3f_98b1_6cb5_db51_776b),
        ];
        for (length, expected) in known {
            assert_eq!(u128::from_be_bytes(mac(&[&message(length)])), expected, "{length} bytes");
        }
    }

    #[test]
    fn order_zeros_at_the_end_and_both_keys_count() {
        let (one, two) = ([1; LANE], [2; LANE]);
        assert_ne!(mac(&[&one, &two, b"x"]), mac(&[&two, &one, b"x"]));
        assert_ne!(mac(&[b"a"]), mac(&[b"a\0"]));
        assert_ne!(mac(&[b"a"]), mac(&[b"a\x80"]));
        assert_ne!(mac(&[&one]), mac(&[&one, &one, &one]), "two lanes alike do not cancel out");
        let other = LightMac::new(&LAST_KEY, &LANES_KEY);
        let mut message = other.message();
        message.push(&one);
        assert_ne!(message.finish(), mac(&[&one]));
    }
}
