//! Supported-Features (TS 29.229 §6.3.29, §7.2): what each side can do beyond the basic protocol.

use diameter_codec::cx::{FeatureList, SupportedFeatures};
use diameter_codec::{MBit, Many, VendorId};
use smallvec::{SmallVec, smallvec};

/// The one list that Cx has (TS 29.229 §7.1.1).
const LIST: u32 = 1;

/// What a request says of `ours`: nothing where there is nothing to say. The M bit is clear, for none of it is
/// needed to understand the request.
pub(crate) fn told(ours: FeatureList) -> SmallVec<[SupportedFeatures<'static>; 1]> {
    if ours == FeatureList::default() {
        return SmallVec::new();
    }
    smallvec![list(ours)]
}

/// Our whole list, for an answer.
pub(crate) fn list(ours: FeatureList) -> SupportedFeatures<'static> {
    SupportedFeatures {
        vendor_id: VendorId::THREE_GPP.0,
        feature_list_id: LIST,
        feature_list: ours,
        m_bit: MBit::Clear,
        ..Default::default()
    }
}

/// The peer's Feature-List 1, where it says one.
pub(crate) fn listed(said: &Many<'_, SupportedFeatures<'_>>) -> Option<FeatureList> {
    let mut lists = said.iter().filter(is_first_list);
    lists.next().map(|group| group.feature_list)
}

/// Whether a request needs a feature that is not among `ours` (§7.2.1: M bit set).
pub(crate) fn lacking(said: &Many<'_, SupportedFeatures<'_>>, ours: FeatureList) -> bool {
    said.iter()
        .filter(|group| group.m_bit == MBit::Set)
        .any(|group| !is_first_list(&group) || !ours.contains(group.feature_list))
}

fn is_first_list(group: &SupportedFeatures<'_>) -> bool {
    group.vendor_id == VendorId::THREE_GPP.0 && group.feature_list_id == LIST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ts29229_7_2_1_only_a_feature_with_m_bit_is_needed() {
        let ours = FeatureList::IMS_RESTORATION_IND;
        let asked = |feature_list, feature_list_id, m_bit| {
            let groups = [SupportedFeatures {
                vendor_id: VendorId::THREE_GPP.0,
                feature_list_id,
                feature_list,
                m_bit,
                ..Default::default()
            }];
            lacking(&Many::from(&groups[..]), ours)
        };
        assert!(!asked(ours, LIST, MBit::Set));
        assert!(asked(FeatureList::SIFC, LIST, MBit::Set));
        assert!(!asked(FeatureList::SIFC, LIST, MBit::Clear));
        assert!(asked(ours, 2, MBit::Set), "a list that Cx does not have");
    }

    #[test]
    fn nothing_is_told_where_there_is_nothing() {
        assert!(told(FeatureList::default()).is_empty());
        let told = told(FeatureList::SIFC);
        assert_eq!(listed(&Many::from(&told[..])), Some(FeatureList::SIFC));
    }
}
